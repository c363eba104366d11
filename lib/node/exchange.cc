#include "node/exchange.h"

#include "base/error.h"
#include "base/text.h"
#include "node/question.h"
#include "node/receive.h"
#include "node/report.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <chrono>
#include <concepts>
#include <cstdint>
#include <nlohmann/json.hpp>
#include <tuple>
#include <type_traits>
#include <utility>

namespace havc::node {

namespace {

using nlohmann::ordered_json;

constexpr int kMostDepth = 16;  // a report has nine

// The tables: what each structure has, by name, and the words of each enumeration. Writing and
// reading walk them alike.

template <class Owner, class Type>
struct Field {
  const char* name;
  Type Owner::*member;
};
template <class Owner, class Type>
Field(const char*, Type Owner::*) -> Field<Owner, Type>;

template <class T>
struct Table;  // of a structure: kFields; of an enumeration: kWords

template <>
struct Table<Memory> {
  static constexpr std::tuple kFields{Field{"total", &Memory::total},
                                      Field{"available", &Memory::available}};
};

template <>
struct Table<Hugepages> {
  static constexpr std::tuple kFields{Field{"size", &Hugepages::size},
                                      Field{"total", &Hugepages::total},
                                      Field{"free", &Hugepages::free}};
};

template <>
struct Table<Space> {
  static constexpr std::tuple kFields{
      Field{"bytes", &Space::bytes}, Field{"free_bytes", &Space::free_bytes},
      Field{"inodes", &Space::inodes}, Field{"free_inodes", &Space::free_inodes}};
};

template <>
struct Table<Mount> {
  static constexpr std::tuple kFields{
      Field{"folder", &Mount::folder},       Field{"mounted_on", &Mount::mounted_on},
      Field{"type", &Mount::type},           Field{"source", &Mount::source},
      Field{"read_only", &Mount::read_only}, Field{"space", &Mount::space}};
};

template <>
struct Table<Port> {
  static constexpr std::tuple kFields{Field{"name", &Port::name}, Field{"up", &Port::up},
                                      Field{"guest", &Port::guest}, Field{"vlan", &Port::vlan}};
};

template <>
struct Table<Bridge> {
  static constexpr std::tuple kFields{
      Field{"name", &Bridge::name},           Field{"exists", &Bridge::exists},
      Field{"is_bridge", &Bridge::is_bridge}, Field{"up", &Bridge::up},
      Field{"ports", &Bridge::ports},         Field{"filters_vlans", &Bridge::filters_vlans}};
};

template <>
struct Table<Name> {
  static constexpr std::tuple kFields{Field{"name", &Name::name},
                                      Field{"addresses", &Name::addresses}};
};

template <>
struct Table<ImageKind> {
  static constexpr std::array kWords{"missing", "file", "block-device", "other"};
};

template <>
struct Table<ImageFacts> {
  static constexpr std::tuple kFields{
      Field{"kind", &ImageFacts::kind}, Field{"real_path", &ImageFacts::real_path},
      Field{"size", &ImageFacts::size}, Field{"format", &ImageFacts::format}};
};

template <>
struct Table<Image> {
  static constexpr std::tuple kFields{Field{"path", &Image::path}, Field{"facts", &Image::facts}};
};

template <>
struct Table<Service> {
  static constexpr std::tuple kFields{Field{"name", &Service::name}, Field{"load", &Service::load},
                                      Field{"active", &Service::active},
                                      Field{"enabled", &Service::enabled}};
};

template <>
struct Table<CorosyncLink> {
  static constexpr std::tuple kFields{
      Field{"number", &CorosyncLink::number}, Field{"local", &CorosyncLink::local},
      Field{"remote", &CorosyncLink::remote}, Field{"enabled", &CorosyncLink::enabled},
      Field{"connected", &CorosyncLink::connected}};
};

template <>
struct Table<CorosyncPeer> {
  static constexpr std::tuple kFields{Field{"id", &CorosyncPeer::id},
                                      Field{"reachable", &CorosyncPeer::reachable},
                                      Field{"links", &CorosyncPeer::links}};
};

template <>
struct Table<Corosync> {
  static constexpr std::tuple kFields{Field{"id", &Corosync::id},
                                      Field{"transport", &Corosync::transport},
                                      Field{"peers", &Corosync::peers}};
};

template <>
struct Table<QuorumDevice> {
  static constexpr std::tuple kFields{
      Field{"configured", &QuorumDevice::configured}, Field{"model", &QuorumDevice::model},
      Field{"host", &QuorumDevice::host}, Field{"state", &QuorumDevice::state}};
};

template <>
struct Table<domain::State> {
  static constexpr std::array kWords{"no-state", "running", "blocked", "paused",
                                     "shutdown", "shutoff", "crashed", "pmsuspended"};
  static_assert(kWords.size() == domain::kStateCount);
};

template <>
struct Table<domain::Reason> {
  static constexpr std::array kWords{"other",           "io-error",      "migrating",
                                     "postcopy-failed", "guest-crashed", "panicked",
                                     "watchdog",        "user",          "saving",
                                     "shutting-down",   "failed",        "switch-over-failed"};
  static_assert(kWords.size() == static_cast<std::size_t>(domain::Reason::switch_over_failed) + 1);
};

template <>
struct Table<domain::Identity> {
  static constexpr std::tuple kFields{Field{"name", &domain::Identity::name},
                                      Field{"uuid", &domain::Identity::uuid}};
};

template <>
struct Table<domain::Inspection> {
  static constexpr std::tuple kFields{Field{"identity", &domain::Inspection::identity},
                                      Field{"state", &domain::Inspection::state},
                                      Field{"reason", &domain::Inspection::reason},
                                      Field{"persistent", &domain::Inspection::persistent},
                                      Field{"managed_save", &domain::Inspection::managed_save}};
};

template <>
struct Table<Job> {
  static constexpr std::tuple kFields{Field{"total", &Job::total},
                                      Field{"processed", &Job::processed},
                                      Field{"remaining", &Job::remaining}};
};

template <>
struct Table<Domain> {
  static constexpr std::tuple kFields{
      Field{"seen", &Domain::seen}, Field{"cpus", &Domain::cpus}, Field{"memory", &Domain::memory},
      Field{"autostart", &Domain::autostart}, Field{"job", &Domain::job}};
};

template <>
struct Table<Libvirt> {
  static constexpr std::tuple kFields{Field{"version", &Libvirt::version},
                                      Field{"qemu", &Libvirt::qemu},
                                      Field{"domains", &Libvirt::domains}};
};

template <>
struct Table<FenceDevice> {
  static constexpr std::tuple kFields{Field{"name", &FenceDevice::name},
                                      Field{"works", &FenceDevice::works},
                                      Field{"words", &FenceDevice::words}};
};

template <>
struct Table<FenceTarget> {
  static constexpr std::tuple kFields{Field{"node", &FenceTarget::node},
                                      Field{"devices", &FenceTarget::devices}};
};

template <>
struct Table<Fencing> {
  static constexpr std::tuple kFields{Field{"devices", &Fencing::devices},
                                      Field{"targets", &Fencing::targets}};
};

template <>
struct Table<FileKind> {
  static constexpr std::array kWords{"regular", "link", "other"};
};

template <>
struct Table<File> {
  static constexpr std::tuple kFields{
      Field{"path", &File::path}, Field{"kind", &File::kind},       Field{"size", &File::size},
      Field{"mode", &File::mode}, Field{"changed", &File::changed}, Field{"sha256", &File::sha256}};
};

template <>
struct Table<Folder> {
  static constexpr std::tuple kFields{
      Field{"path", &Folder::path}, Field{"exists", &Folder::exists},
      Field{"file_system", &Folder::file_system}, Field{"local", &Folder::local},
      Field{"files", &Folder::files}};
};

template <>
struct Table<Report> {
  static constexpr std::tuple kFields{Field{"host", &Report::host},
                                      Field{"name", &Report::name},
                                      Field{"havc", &Report::havc},
                                      Field{"kernel", &Report::kernel},
                                      Field{"began", &Report::began},
                                      Field{"ended", &Report::ended},
                                      Field{"synchronised", &Report::synchronised},
                                      Field{"uptime", &Report::uptime},
                                      Field{"cpu_model", &Report::cpu_model},
                                      Field{"cpu_flags", &Report::cpu_flags},
                                      Field{"cpus", &Report::cpus},
                                      Field{"memory", &Report::memory},
                                      Field{"hugepages", &Report::hugepages},
                                      Field{"kvm", &Report::kvm},
                                      Field{"mounts", &Report::mounts},
                                      Field{"bridges", &Report::bridges},
                                      Field{"names", &Report::names},
                                      Field{"images", &Report::images},
                                      Field{"libvirt", &Report::libvirt},
                                      Field{"services", &Report::services},
                                      Field{"corosync", &Report::corosync},
                                      Field{"quorum_device", &Report::quorum_device},
                                      Field{"fencing", &Report::fencing},
                                      Field{"packages", &Report::packages},
                                      Field{"domains", &Report::domains},
                                      Field{"inventory", &Report::inventory}};
};

template <>
struct Table<Question> {
  static constexpr std::tuple kFields{Field{"limit", &Question::limit},
                                      Field{"name", &Question::name},
                                      Field{"machine", &Question::machine},
                                      Field{"services", &Question::services},
                                      Field{"corosync", &Question::corosync},
                                      Field{"libvirt", &Question::libvirt},
                                      Field{"jobs", &Question::jobs},
                                      Field{"files", &Question::files},
                                      Field{"folders", &Question::folders},
                                      Field{"bridges", &Question::bridges},
                                      Field{"names", &Question::names},
                                      Field{"images", &Question::images},
                                      Field{"fence_devices", &Question::fence_devices},
                                      Field{"fence_targets", &Question::fence_targets},
                                      Field{"uri", &Question::uri}};
};

template <>
struct Table<ParcelFile> {
  static constexpr std::tuple kFields{
      Field{"path", &ParcelFile::path}, Field{"content", &ParcelFile::content},
      Field{"sha256", &ParcelFile::sha256}, Field{"mode", &ParcelFile::mode}};
};

template <>
struct Table<Parcel> {
  static constexpr std::tuple kFields{Field{"files", &Parcel::files},
                                      Field{"remove", &Parcel::remove}};
};

template <>
struct Table<Outcome> {
  static constexpr std::array kWords{"written", "unchanged", "removed", "absent", "failed"};
};

template <>
struct Table<Receipt> {
  static constexpr std::tuple kFields{Field{"path", &Receipt::path},
                                      Field{"outcome", &Receipt::outcome},
                                      Field{"problem", &Receipt::problem}};
};

template <>
struct Table<Receipts> {
  static constexpr std::tuple kFields{Field{"receipts", &Receipts::receipts}};
};

template <class T>
concept Structure = requires {
  Table<T>::kFields;
};
template <class T>
concept Words = requires {
  Table<T>::kWords;
};
template <class T>
concept Whole = std::integral<T> && !std::same_as<T, bool>;

// Writing.

template <class T>
ordered_json json_of(const T& value);
template <class T>
ordered_json json_of(const std::vector<T>& list);
template <class Rep, class Period>
ordered_json json_of(std::chrono::duration<Rep, Period> time);

template <class T>
ordered_json json_of(const Answer<T>& answer) {
  if (!answer.known()) return {{"unknown", answer.unknown}};
  return {{"value", json_of(*answer)}};
}

template <class T>
ordered_json json_of(const std::vector<T>& list) {
  ordered_json to = ordered_json::array();
  for (const T& each : list) to.push_back(json_of(each));
  return to;
}

template <class T>
bool left_out(const Answer<T>& answer) {
  return !answer.asked();
}
template <class T>
bool left_out(const std::optional<T>& value) {
  return !value;
}
template <class T>
bool left_out(const T&) {
  return false;
}

template <class T>
ordered_json json_of(const std::optional<T>& value) {
  return json_of(*value);
}

template <class Rep, class Period>
ordered_json json_of(std::chrono::duration<Rep, Period> time) {
  return time.count();
}

template <class T>
ordered_json json_of(const T& value) {
  if constexpr (Structure<T>) {
    ordered_json to = ordered_json::object();
    const auto put = [&](const auto& field) {
      const auto& member = value.*field.member;
      if (!left_out(member)) to[field.name] = json_of(member);
    };
    std::apply([&](const auto&... field) { (put(field), ...); }, Table<T>::kFields);
    return to;
  } else if constexpr (Words<T>) {
    return Table<T>::kWords.at(static_cast<std::size_t>(value));
  } else {
    return value;
  }
}

// Reading. Where something stands is only put together for a message.

struct Place {
  const Place* above;
  std::string_view name;
  std::string path() const {
    return above ? above->path() + "." + std::string(name) : std::string(name);
  }
};

[[noreturn]] void wrong(const Place& place) {
  throw std::invalid_argument(place.path() + " is not what is expected");
}

void take(const ordered_json& from, bool& into, const Place& place) {
  if (!from.is_boolean()) wrong(place);
  into = from.get<bool>();
}

void take(const ordered_json& from, std::string& into, const Place& place) {
  if (!from.is_string()) wrong(place);
  into = from.get<std::string>();
}

template <Whole T>
void take(const ordered_json& from, T& into, const Place& place) {
  // A number without sign is one of unsigned type; what has a sign is negative.
  const bool fits = from.is_number_unsigned()
                        ? std::in_range<T>(from.get<std::uint64_t>())
                        : from.is_number_integer() && std::in_range<T>(from.get<std::int64_t>());
  if (!fits) wrong(place);
  into = from.get<T>();
}

template <class Rep, class Period>
void take(const ordered_json& from, std::chrono::duration<Rep, Period>& into, const Place& place) {
  Rep count{};
  take(from, count, place);
  into = std::chrono::duration<Rep, Period>(count);
}

template <Words T>
void take(const ordered_json& from, T& into, const Place& place) {
  std::string word;
  take(from, word, place);
  const auto& words = Table<T>::kWords;
  const auto found = std::find(words.begin(), words.end(), word);
  if (found == words.end()) wrong(place);
  into = static_cast<T>(found - words.begin());
}

template <Structure T>
void take(const ordered_json& from, T& into, const Place& place);
template <class T>
void take(const ordered_json& from, Answer<T>& into, const Place& place);

template <class T>
void take(const ordered_json& from, std::optional<T>& into, const Place& place) {
  take(from, into.emplace(), place);
}

template <class T>
void take(const ordered_json& from, std::vector<T>& into, const Place& place) {
  if (!from.is_array()) wrong(place);
  into.clear();
  for (const auto& each : from) take(each, into.emplace_back(), place);
}

void take(const ordered_json& from, std::map<std::string, std::string>& into, const Place& place) {
  if (!from.is_object()) wrong(place);
  into.clear();
  for (const auto& [name, value] : from.items()) take(value, into[name], place);
}

template <class T>
void take(const ordered_json& from, Answer<T>& into, const Place& place) {
  if (!from.is_object()) wrong(place);
  into = Answer<T>();
  if (const auto value = from.find("value"); value != from.end()) {
    T known{};
    take(*value, known, place);
    into = std::move(known);
  } else if (const auto why = from.find("unknown"); why != from.end()) {
    take(*why, into.unknown, place);
  } else {
    wrong(place);
  }
}

template <Structure T>
void take(const ordered_json& from, T& into, const Place& place) {
  if (!from.is_object()) wrong(place);
  const auto get = [&](const auto& field) {
    const auto found = from.find(field.name);
    if (found != from.end()) take(*found, into.*field.member, Place{&place, field.name});
  };
  std::apply([&](const auto&... field) { (get(field), ...); }, Table<T>::kFields);
}

ordered_json parsed(std::string_view text) {
  const auto shallow = [](int depth, ordered_json::parse_event_t, ordered_json&) {
    if (depth > kMostDepth) throw std::invalid_argument("it is nested too deeply");
    return true;
  };
  return ordered_json::parse(text, shallow);
}

void expect_schema(const ordered_json& json, std::string_view schema) {
  if (schema.empty()) return;
  const auto found = json.is_object() ? json.find("schema") : json.end();
  if (found == json.end() || !found->is_string()) {
    throw std::invalid_argument(fmt::format("it is not of the schema '{}'", schema));
  }
  if (*found == schema) return;
  throw std::invalid_argument(fmt::format("it is of the schema {}, not '{}'",
                                          text::quote(found->get<std::string>()), schema));
}

}  // namespace

template <class T>
std::string written(const T& value, std::string_view schema) {
  ordered_json json = json_of(value);
  if (!schema.empty()) {
    ordered_json with{{"schema", schema}};
    with.update(json);
    json = std::move(with);
  }
  return json.dump(-1, ' ', false, ordered_json::error_handler_t::replace);
}

template <class T>
T read(std::string_view text, const std::string& source, std::string_view schema,
       std::size_t most) {
  try {
    if (text.size() > most) throw std::invalid_argument(fmt::format("more than {} bytes", most));
    const ordered_json json = parsed(text);
    expect_schema(json, schema);
    T value{};
    take(json, value, Place{nullptr, "it"});
    return value;
  } catch (const std::exception& error) {  // of the JSON library, too
    throw Error(Fault::unusable_here,
                fmt::format("cannot read what {} says: {}", source, error.what()),
                fmt::format("install the same version of havc on {} as here", source));
  }
}

// What goes over a connection, or comes from a child process.
#define HAVC_EXCHANGED(Type)                                         \
  template std::string written<Type>(const Type&, std::string_view); \
  template Type read<Type>(std::string_view, const std::string&, std::string_view, std::size_t)
HAVC_EXCHANGED(Report);
HAVC_EXCHANGED(Question);
HAVC_EXCHANGED(Mount);
HAVC_EXCHANGED(Name);
HAVC_EXCHANGED(Image);
HAVC_EXCHANGED(Folder);
HAVC_EXCHANGED(Parcel);
HAVC_EXCHANGED(Receipts);
#undef HAVC_EXCHANGED

}  // namespace havc::node
