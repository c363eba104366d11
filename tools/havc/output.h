// What commands print: rows of cells, as a table for people or as JSON, from the same columns. JSON
// is an object with "schema" ("havc.status/1": its number grows when a field goes or changes its
// meaning, not when one comes) and "items".
#pragma once

#include <cstdint>
#include <functional>
#include <span>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "havc/call.h"

namespace havc::cli {

/// Nothing known is monostate: null, or "-".
using Cell =
    std::variant<std::monostate, std::string, std::int64_t, bool, std::vector<std::string>>;

/// Cells in the order of the command's columns.
using Row = std::vector<Cell>;

/// How a row looks on a terminal: what stands between "ESC [" and "m", "31" for red; empty as ever.
using Style = std::function<std::string_view(const Row&)>;

/// Prints the rows of the call's command, as its options want: --columns, --filter, --no-headers,
/// --json. Styles are for a terminal alone, and not where NO_COLOR is set. Throws
/// Error(misconfigured) for a column that there is none of, naming the nearest.
void print_rows(Call& call, std::string_view schema, const std::vector<Row>& rows,
                const Style& style = {});

/// Those that --filter KEY=VALUE leaves (all of them; a list matches with any entry; letters' case
/// counts). print_rows does this, too.
std::vector<Row> filtered(const Call& call, const std::vector<Row>& rows);

}  // namespace havc::cli
