// The parameters of the fencing programs: one table for both faces, the external/ plugin and the
// fence agent, from which parsing and every description are made.
#pragma once

#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/environment.h"
#include "options/parameter.h"
#include "options/parse.h"
#include "stonith/options.h"

namespace havc::stonith {

/// The two contracts that a fencing program serves.
enum class Face {
  external,  ///< a plugin of cluster-glue: parameters come as environment variables
  fence,     ///< a fence agent: parameters come on standard input, or as options
};

/// Where a row of the fence agent is seen and obeyed.
enum class Reach {
  parameter,     ///< in the metadata; on standard input and the command line
  unlisted,      ///< on standard input alone: the cluster sends it by itself
  command_line,  ///< in the metadata, as in those of all fence agents; obeyed on the command line
                 ///< alone, because one of them on standard input would end a fencing undone
  person         ///< on the command line alone, and not in the metadata
};

/// A row as a fence agent has it.
struct FenceDoc {
  std::string_view name = {};      ///< empty: as the plugin calls it
  std::string_view aliases = {};   ///< deprecated names, separated by blanks
  char letter = 0;                 ///< its short option; 0: none
  std::string_view argument = {};  ///< what stands for the value in usage; empty: a switch
  options::Need need = options::Need::optional;
  Reach reach = Reach::parameter;
  std::string_view note = {};  ///< what differs from the plugin
};

/// A row as one face has it: `parameter.doc` is in that face's words.
struct Parameter {
  options::Parameter<Options> parameter;
  FenceDoc fence = {};
  std::string_view type = {};  ///< of the content, as metadata names it
  std::string_view note = {};  ///< a sentence more in this face
};

/// The rows of one face, in the table's order. For the plugin that is the order of `stonith -p`,
/// where the required ones come first.
std::vector<Parameter> parameters(Face face);

/// How bad tuning (a number that is none) is met. A typo must show when the device is configured,
/// not when a node has to be fenced.
enum class Strictness { refuse, warn };

/// The options of one face out of `values`, whose names are those of that face. Throws
/// Error(misconfigured) for what cannot be right; warns of what is replaced by its default.
Options parse(Face face, const Environment& values, Strictness strictness);

}  // namespace havc::stonith
