#include "ocf/tracing.h"

#include "support/catch.h"

#include <unistd.h>

using havc::Environment;
using havc::ocf::TraceTarget;

namespace {

TraceTarget target_of(Environment::Values values, bool terminal = false) {
  values.emplace("OCF_RESOURCE_INSTANCE", "vm1");
  return havc::ocf::trace_target("Agent", "start", Environment(std::move(values)), terminal, "NOW");
}

}  // namespace

TEST_CASE("nothing is traced unless it is asked for", "[ocf]") {
  CHECK(target_of({}) == TraceTarget());
  CHECK(target_of({{"OCF_RESKEY_trace_ra", "0"}}) == TraceTarget());
  CHECK(target_of({{"OCF_TRACE_RA", "0"}, {"OCF_RESKEY_trace_ra", "1"}}) == TraceTarget());
}

TEST_CASE("a trace lies where crmsh collects it", "[ocf]") {
  CHECK(target_of({{"OCF_RESKEY_trace_ra", "1"}}) == TraceTarget("/var/lib/heartbeat/trace_ra/Agent/vm1.start.NOW"));
  CHECK(target_of({{"OCF_TRACE_RA", "yes"}, {"HA_VARLIB", "/x"}, {"OCF_RESOURCE_TYPE", "T"}}) == TraceTarget("/x/trace_ra/T/vm1.start.NOW"));
  CHECK(target_of({{"OCF_RESKEY_trace_ra", "1"}, {"OCF_RESKEY_trace_dir", "/y"}}) == TraceTarget("/y/Agent/vm1.start.NOW"));
  CHECK(target_of({{"OCF_RESKEY_trace_ra", "1"}, {"OCF_RESOURCE_INSTANCE", "../a"}}) ==
        TraceTarget("/var/lib/heartbeat/trace_ra/Agent/.._a.start.NOW"));
}

TEST_CASE("a trace goes to a descriptor or a file of the caller's", "[ocf]") {
  CHECK(target_of({{"OCF_TRACE_RA", "1"}, {"OCF_TRACE_FILE", "5"}}) == TraceTarget(5));
  CHECK(target_of({{"OCF_TRACE_RA", "1"}, {"OCF_TRACE_FILE", "/z/trace"}}) == TraceTarget("/z/trace"));
  CHECK(target_of({{"OCF_TRACE_RA", "1"}, {"OCF_TRACE_FILE", "/dev/stderr"}}) == TraceTarget(STDERR_FILENO));
  CHECK(target_of({{"OCF_TRACE_RA", "1"}}, true) == TraceTarget(STDERR_FILENO));
}
