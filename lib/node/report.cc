#include "node/report.h"

#include "node/exchange.h"
#include "node/question.h"
#include "node/receive.h"

#include <algorithm>

namespace havc::node {

std::string to_json(const Report& report) {
  return written(report, kReportSchema);
}

Report parse_report(std::string_view text, const std::string& source) {
  return read<Report>(text, source, kReportSchema);
}

std::string to_json(const Question& question) {
  return written(question, kQuestionSchema);
}

Question parse_question(std::string_view text, const std::string& source) {
  using namespace std::chrono_literals;
  auto question = read<Question>(text, source, kQuestionSchema);
  question.limit = std::clamp<std::chrono::milliseconds>(question.limit, 100ms, 10min);
  return question;
}

std::string to_json(const Parcel& parcel) {
  return written(parcel, kParcelSchema);
}

Parcel parse_parcel(std::string_view text, const std::string& source) {
  constexpr std::size_t kMostParcel = std::size_t{64} << 20U;
  return read<Parcel>(text, source, kParcelSchema, kMostParcel);
}

std::string to_json(const std::vector<Receipt>& receipts) {
  return written(Receipts{receipts}, kReceiptsSchema);
}

std::vector<Receipt> parse_receipts(std::string_view text, const std::string& source) {
  return read<Receipts>(text, source, kReceiptsSchema).receipts;
}

unsigned Job::percent() const {
  constexpr std::uint64_t kAll = 100;
  if (total == 0 || remaining >= total) return 0;
  // Without a product: bytes of a large disk, times a hundred, are many.
  const auto gone = static_cast<long double>(total - remaining);
  return static_cast<unsigned>(gone * kAll / static_cast<long double>(total));
}

const Domain* Libvirt::domain(const std::string& name) const {
  const auto found = std::find_if(domains.begin(), domains.end(), [&](const Domain& each) {
    return each.seen.identity.name == name;
  });
  return found == domains.end() ? nullptr : &*found;
}

const File* Folder::file(const std::string& wanted) const {
  const auto found = std::find_if(files.begin(), files.end(),
                                  [&](const File& each) { return each.path == wanted; });
  return found == files.end() ? nullptr : &*found;
}

}  // namespace havc::node
