#include "support/fake_hypervisor.h"

#include <poll.h>

#include <algorithm>
#include <fstream>
#include <utility>

#include "domain/devices.h"
#include "domain/preflight.h"
#include "xml/document.h"
#include "xml/writer.h"

namespace havc::test {

using domain::Identity;
using domain::Inspection;
using domain::Reason;
using domain::State;

namespace {

bool means(const Identity& wanted, const Identity& guest) {
  return wanted.uuid.empty() ? wanted.name == guest.name : wanted.uuid == guest.uuid;
}

bool has_ended(const Descriptor& process) {
  if (!process) return false;
  pollfd look{process.number(), POLLIN, 0};
  return poll(&look, 1, 0) == 1;
}

FakeGuest guest_of(const std::string& xml) {
  FakeGuest guest;
  const auto document = xml::Document::parse(xml, "the domain");
  const auto root = document.root();
  if (const auto name = root.child("name")) guest.identity.name = name->text();
  if (const auto uuid = root.child("uuid")) guest.identity.uuid = uuid->text();
  if (const auto metadata = root.child("metadata")) {
    if (const auto ours = metadata->child("resource")) {
      guest.config = ours->attribute("config").value_or("");
    }
  }
  guest.xml = xml;
  return guest;
}

}  // namespace

FakeGuest& FakeHost::add(FakeGuest guest) {
  guests_.push_back(std::make_unique<FakeGuest>(std::move(guest)));
  return *guests_.back();
}

FakeGuest* FakeHost::find(const Identity& identity) {
  settle();
  return look(identity);
}

FakeGuest* FakeHost::look(const Identity& identity) {
  for (const auto& guest : guests_) {
    if (means(identity, guest->identity)) return guest.get();
  }
  // A namesake with another UUID is an answer, too.
  for (const auto& guest : guests_) {
    if (guest->identity.name == identity.name) return guest.get();
  }
  return nullptr;
}

FakeGuest* FakeHost::find(const std::string& name) {
  return find(Identity{name, {}});
}

void FakeHost::fail(Verb verb, Error error, int nth) {
  troubles_.push_back({verb, calls_[verb] + nth, std::move(error)});
}

void FakeHost::hang(Verb verb, int nth) {
  troubles_.push_back({verb, calls_[verb] + nth, std::nullopt});
}

int FakeHost::calls(Verb verb) const {
  const auto found = calls_.find(verb);
  return found == calls_.end() ? 0 : found->second;
}

// Counts a call and lets what was ordered for it happen.
void FakeHost::count(Verb verb, Deadline deadline) {
  const int count = ++calls_[verb];
  for (const Trouble& trouble : troubles_) {
    if (trouble.verb != verb || trouble.at != count) continue;
    if (trouble.error) throw Error(*trouble.error);
    hung_ = true;
  }
  if (heals_at && *heals_at <= clock_.now()) hung_ = false;
  if (hung_) {
    clock_.sleep_until(deadline.end());
    throw Error(Fault::timed_out, "libvirt does not answer");
  }
  // As with the real one: a call for which no time is left has timed out. Waiting is no call.
  const bool waits = verb == Verb::wait_for_change || verb == Verb::migration_wait;
  if (!waits && deadline.expired()) throw Error(Fault::timed_out, "libvirt does not answer");
  settle();
}

void FakeHost::settle() {
  for (std::size_t i = 0; i < guests_.size();) {
    FakeGuest& guest = *guests_[i];
    const std::size_t before = guests_.size();
    if (guest.ends_at && *guest.ends_at <= clock_.now()) end(guest);
    if (guests_.size() == before) ++i;
  }
  for (const auto& job : std::vector(jobs_)) {
    job->advance(clock_.now());
    if (job->ends_at && *job->ends_at <= clock_.now()) finish(*job);
  }
}

void FakeHost::end(FakeGuest& guest) {
  ++events_[guest.identity.name];
  guest.state = State::shutoff;
  guest.ends_at.reset();
  if (guest.persistent) return;
  const auto at = std::find_if(guests_.begin(), guests_.end(),
                               [&](const auto& each) { return each.get() == &guest; });
  ended_.push_back(std::move(*at));
  guests_.erase(at);
}

Duration FakeHost::Job::time_for(std::uint64_t bytes) const {
  const double seconds =
      static_cast<double>(bytes) / static_cast<double>(plan.memory->bandwidth);
  return std::chrono::duration_cast<Duration>(std::chrono::duration<double>(seconds));
}

std::uint64_t FakeHost::Job::remaining(Instant now) const {
  const double spent = std::chrono::duration<double>(now - pass_begun).count();
  const auto sent = static_cast<std::uint64_t>(spent * static_cast<double>(plan.memory->bandwidth));
  return pass_size - std::min(sent, pass_size);
}

void FakeHost::Job::advance(Instant now) {
  while (plan.memory && !ends_at && pass_begun + time_for(pass_size) <= now) {
    const Duration lasted = time_for(pass_size);
    const double changed = std::chrono::duration<double>(lasted).count() *
                           static_cast<double>(plan.memory->dirty_rate);
    pass_begun += lasted;
    pass_size = std::min(static_cast<std::uint64_t>(changed), plan.memory->working_set);
    ++pass;
    if (time_for(pass_size) <= downtime) ends_at = pass_begun + time_for(pass_size);
  }
}

Instant FakeHost::Job::next_change(Instant end) const {
  if (ends_at) return std::min(*ends_at, end);
  return plan.memory ? std::min(pass_begun + time_for(pass_size), end) : end;
}

// The target's half was there since the migration began, paused; now one of the two goes.
void FakeHost::finish(Job& job) {
  if (job.postcopy && next_migration.broken_postcopies > 0) return break_postcopy(job);
  job.ended = true;
  std::erase_if(jobs_, [&](const auto& each) { return each.get() == &job; });
  FakeGuest* here = look(job.identity);
  FakeGuest* there = job.target->look(job.identity);
  if (!here && !job.plan.failure) job.plan.failure = Error(Fault::failed, "the guest ended on the way");
  if (job.plan.failure) return undo(job);
  if (job.plan.breaks_at_switch_over) return break_switch_over(job, *here, *there);
  there->state = State::running;
  there->reason = Reason::other;
  there->arrival = {std::chrono::ceil<std::chrono::milliseconds>(clock_.now() - job.begun),
                    std::chrono::ceil<std::chrono::milliseconds>(
                        job.plan.memory ? job.time_for(job.pass_size) : Duration::zero())};
  ++job.target->events_[there->identity.name];
  end(*here);
}

namespace {

void look_for(domain::Need need, const std::vector<std::string>& wanted,
              const std::map<std::string, bool>& offered, domain::Lacks& lacks) {
  for (const std::string& name : wanted) {
    const auto found = offered.find(name);
    if (found == offered.end()) {
      lacks.found.push_back({need, name, "does not exist"});
    } else if (!found->second) {
      lacks.found.push_back({need, name, "is not active", true});
    }
  }
}

std::string xml_of(const FakeGuest& guest) {
  if (!guest.xml.empty()) return guest.xml;
  xml::Writer writer;
  {
    const auto domain = writer.element("domain", {{"type", "qemu"}});
    writer.leaf("name", guest.identity.name);
  }
  return writer.text();
}

}  // namespace

domain::Lacks FakeHost::lacks(const domain::Needs& needs) const {
  using domain::Need;
  domain::Lacks lacks;
  lacks.libvirt = equipment.libvirt;
  lacks.unknown = equipment.cannot_tell;
  const auto found = [&](Need need, const std::string& words) {
    lacks.found.push_back({need, {}, words});
  };
  if (!needs.type.empty() && !equipment.refuses_emulator.empty()) {
    found(Need::emulator, equipment.refuses_emulator);
  }
  if (!needs.cpu.empty() && !equipment.refuses_cpu.empty()) found(Need::cpu, equipment.refuses_cpu);
  look_for(Need::network, needs.networks, equipment.networks, lacks);
  look_for(Need::pool, needs.pools, equipment.pools, lacks);
  std::map<std::string, bool> bridges;
  for (const std::string& bridge : equipment.bridges) bridges[bridge] = true;
  look_for(Need::bridge, needs.bridges, bridges, lacks);
  if (needs.hugepage_kib > 0) {
    if (equipment.free_hugepages < needs.memory_kib / needs.hugepage_kib) {
      found(Need::hugepages, "too few hugepages");
    }
  } else if (equipment.free_kib < needs.memory_kib) {
    found(Need::memory, "too little memory");
  }
  return lacks;
}

void FakeHost::undo(Job& job) {
  if (FakeGuest* there = job.target->look(job.identity)) job.target->end(*there);
  FakeGuest* here = look(job.identity);
  if (!here) return;
  // A guest that somebody paused meanwhile is not resumed.
  if (!job.plan.stays_paused) return;
  here->state = State::paused;
  if (here->reason == Reason::other) here->reason = Reason::migrating;
}

void FakeHost::break_switch_over(Job& job, FakeGuest& here, FakeGuest& there) {
  job.plan.failure = Error(Fault::unreachable, "cannot receive data: Input/output error");
  here.state = State::running;
  here.reason = Reason::switch_over_failed;
  if (!job.plan.target_got_order) return job.target->end(there);
  there.state = State::running;
  there.reason = Reason::other;
}

void FakeHost::break_postcopy(Job& job) {
  --next_migration.broken_postcopies;
  job.ended = true;
  job.plan.failure = Error(Fault::failed, "Connection reset by peer");
  std::erase_if(jobs_, [&](const auto& each) { return each.get() == &job; });
  for (FakeHost* const host : {this, job.target}) {
    FakeGuest* guest = host->look(job.identity);
    guest->state = State::paused;
    guest->reason = Reason::postcopy_failed;
  }
  if (job.plan.broken_target_dies) job.target->end(*job.target->look(job.identity));
  if (job.plan.broken_source_dies) end(*look(job.identity));
}

class FakeMigration : public domain::Migration {
 public:
  FakeMigration(FakeHost& host, std::shared_ptr<FakeHost::Job> job)
      : host_(host), job_(std::move(job)) {}

  bool wait(Deadline deadline) override {
    host_.count(Verb::migration_wait, deadline);
    while (!job_->ended) {
      host_.clock_.sleep_until(job_->next_change(deadline.end()));
      host_.settle();
      if (deadline.expired()) break;
    }
    if (job_->ended && job_->plan.failure) throw Error(*job_->plan.failure);
    return job_->ended;
  }

  bool may_pass() const override { return job_->may_pass; }

  Progress progress(Deadline deadline) override {
    host_.count(Verb::migration_progress, deadline);
    if (job_->ended) return {};
    Progress progress;
    progress.postcopy = job_->postcopy;
    progress.iteration = job_->pass;
    progress.bytes_total = std::uint64_t{64} << 20U;
    progress.bytes_remaining = std::uint64_t{16} << 20U;
    const Duration elapsed = host_.clock_.now() - job_->begun;
    const Duration sending = std::min(elapsed, job_->plan.sticks_after.value_or(elapsed));
    progress.bytes_sent = static_cast<std::uint64_t>(sending.count());
    if (const auto& memory = job_->plan.memory) {
      progress.bytes_total = memory->size;
      progress.bytes_remaining = job_->remaining(host_.clock_.now());
      progress.dirty_rate = memory->dirty_rate;
      progress.bandwidth = memory->bandwidth;
    }
    return progress;
  }

  void set_downtime(std::chrono::milliseconds downtime, Deadline deadline) override {
    host_.count(Verb::set_downtime, deadline);
    host_.downtimes.push_back(downtime);
    job_->downtime = downtime;
  }

  void begin_postcopy(Deadline deadline) override {
    host_.count(Verb::begin_postcopy, deadline);
    if (!host_.last_plan.postcopy || !job_->plan.obeys_postcopy) {
      throw Error(Fault::failed, "post-copy was not enabled");
    }
    if (job_->plan.ignores_postcopy) return;
    FakeHost::Job& job = *job_;
    job.postcopy = true;
    job.ends_at = deadline.now() + (job.plan.memory ? job.time_for(job.remaining(deadline.now()))
                                                    : Duration(std::chrono::seconds(1)));
    pause_here(Reason::migrating);
    FakeGuest& there = *job.target->look(job.identity);
    there.state = State::running;
    there.reason = Reason::migrating;
  }

  void suspend(Deadline deadline) override {
    host_.count(Verb::suspend, deadline);
    if (job_->plan.memory) job_->plan.memory->dirty_rate = 0;
    pause_here(Reason::user);
  }

  void abort(Deadline deadline) override {
    host_.count(Verb::migration_abort, deadline);
    if (job_->ended || !job_->plan.obeys_abort) return;
    job_->plan.failure =
        Error(Fault::failed, "operation aborted: migration out: canceled by client");
    host_.finish(*job_);
  }

 private:
  void pause_here(Reason reason) {
    FakeGuest& here = *host_.look(job_->identity);
    here.state = State::paused;
    here.reason = reason;
  }

  FakeHost& host_;
  std::shared_ptr<FakeHost::Job> job_;
};

class FakeHypervisor : public domain::Hypervisor {
 public:
  explicit FakeHypervisor(FakeHost& host) : host_(host) {}

  std::optional<Inspection> inspect(const Identity& domain, Deadline deadline) override {
    begin(Verb::inspect, deadline);
    const FakeGuest* guest = host_.look(domain);
    if (!guest) return std::nullopt;
    return Inspection{guest->identity, guest->state, guest->reason, guest->persistent,
                      guest->state == State::shutoff && guest->managed_save};
  }

  domain::Census census(Deadline deadline) override {
    begin(Verb::census, deadline);
    domain::Census census{host_.equipment.libvirt, 0, {}};
    for (const auto& guest : host_.guests_) {
      census.domains.push_back(
          {{guest->identity, guest->state, guest->reason, guest->persistent, guest->managed_save},
           1,
           guest->memory,
           guest->autostart});
    }
    return census;
  }

  std::vector<Listed> list(Deadline deadline) override {
    begin(Verb::list, deadline);
    std::vector<Listed> listed;
    for (const auto& guest : host_.guests_) {
      if (guest->state != State::shutoff) listed.push_back({guest->identity, guest->config});
    }
    return listed;
  }

  void create(const std::string& xml, Deadline deadline) override {
    begin(Verb::create, deadline);
    FakeGuest guest = guest_of(xml);
    const domain::Devices devices = domain::parse_devices(xml, "the domain");
    domain::Needs needs;
    needs.networks = devices.networks();
    needs.pools = devices.pools();
    for (const domain::Lack& lack : host_.lacks(needs).found) {
      throw Error(Fault::failed, "cannot start the domain: '" + lack.name + "' " + lack.words);
    }
    if (FakeGuest* same = host_.look(guest.identity)) {
      if (same->state != State::shutoff) {
        throw Error(Fault::failed, "cannot start '" + guest.identity.name + "': already active");
      }
      // libvirt starts it from the XML and keeps the definition.
      same->state = State::running;
      same->xml = guest.xml;
      same->config = guest.config;
    } else {
      host_.add(guest);
    }
    ++host_.events_[guest.identity.name];
  }

  void undefine(const Identity& domain, Deadline deadline) override {
    begin(Verb::undefine, deadline);
    FakeGuest* guest = host_.look(domain);
    if (!guest || !guest->persistent) return;
    if (guest->managed_save)
      throw Error(Fault::failed, "Refusing to undefine while domain managed save image exists");
    guest->persistent = false;
    if (guest->state == State::shutoff) host_.end(*guest);
  }

  void define(const std::string& xml, Deadline deadline) override {
    begin(Verb::define, deadline);
    FakeGuest guest = guest_of(xml);
    FakeGuest* same = host_.look(guest.identity);
    if (same && guest.identity.uuid != same->identity.uuid) {
      throw Error(Fault::failed, "domain '" + guest.identity.name + "' already exists with uuid " +
                                     same->identity.uuid);
    }
    if (!same) {
      guest.state = State::shutoff;
      same = &host_.add(guest);
    }
    same->persistent = true;
    same->xml = guest.xml;
    same->config = guest.config;
  }

  void start_defined(const Identity& domain, Deadline deadline) override {
    begin(Verb::start_defined, deadline);
    FakeGuest* guest = host_.look(domain);
    if (!guest || !guest->persistent) throw Error(Fault::failed, "Domain not found");
    guest->state = State::running;
    guest->restored = std::exchange(guest->managed_save, false);
    ++host_.events_[guest->identity.name];
  }

  void drop_managed_save(const Identity& domain, Deadline deadline) override {
    begin(Verb::drop_managed_save, deadline);
    if (FakeGuest* guest = host_.look(domain)) guest->managed_save = false;
  }

  // The file is a real one: "whole NAME UUID", or "part" while it is being written.
  void save(const Identity& domain, const std::string& path, Deadline deadline) override {
    begin(Verb::save, deadline);
    FakeGuest* guest = running(domain);
    if (!guest) throw Error(Fault::failed, "cannot save '" + domain.name + "': not running");
    std::ofstream(path) << "part";
    if (host_.next_save.failure) throw Error(*host_.next_save.failure);
    const auto whole = [path, identity = guest->identity] {
      std::ofstream(path) << "whole " << identity.name << " " << identity.uuid;
    };
    guest->saving = true;
    guest->state = State::paused;
    guest->reason = Reason::saving;
    const Instant ends = deadline.now() + host_.next_save.takes;
    guest->ends_at = ends;
    if (ends > deadline.end()) {
      busy_until_ = ends;
      host_.clock_.sleep_until(deadline.end());
      if (!host_.next_save.obeys_abort) whole();
      throw Error(Fault::timed_out, "libvirt does not answer");
    }
    host_.clock_.sleep_until(ends);
    whole();
    host_.settle();
  }

  void abort_job(const Identity& domain, Deadline deadline) override {
    begin(Verb::abort_job, deadline);
    FakeGuest* guest = running(domain);
    if (!guest || !guest->saving) throw Error(Fault::failed, "no job is active on the domain");
    if (!host_.next_save.obeys_abort) return host_.end(*guest);  // it came to its end just then
    guest->saving = false;
    guest->ends_at.reset();
    guest->state = State::running;
    guest->reason = Reason::other;
  }

  Identity saved_domain(const std::string& path, Deadline deadline) override {
    begin(Verb::saved_domain, deadline);
    std::ifstream file(path);
    std::string word;
    Identity identity;
    if (!(file >> word >> identity.name >> identity.uuid) || word != "whole") {
      throw Error(Fault::failed, "cannot use '" + path + "': save image is incomplete");
    }
    return identity;
  }

  void restore(const std::string& path, Deadline deadline) override {
    const Identity identity = saved_domain(path, deadline);
    begin(Verb::restore, deadline);
    FakeGuest* guest = host_.look(identity);
    if (!guest) {
      FakeGuest fresh;
      fresh.identity = identity;
      guest = &host_.add(fresh);
    }
    guest->state = State::paused;
    guest->reason = Reason::migrating;
    guest->restored = true;
    ++host_.events_[identity.name];
  }

  std::uint64_t memory(const Identity& domain, Deadline deadline) override {
    begin(Verb::memory, deadline);
    const FakeGuest* guest = running(domain);
    if (!guest) throw Error(Fault::failed, "there is no such domain");
    return guest->memory;
  }

  void request_shutdown(const Identity& domain, std::optional<domain::ShutdownMethod> method,
                        Deadline deadline) override {
    begin(Verb::request_shutdown, deadline);
    FakeGuest* guest = running(domain);
    if (!guest) return;
    guest->asked.push_back(method);
    if (method && guest->refused.count(*method) != 0)
      throw Error(Fault::failed, "cannot shut down '" + domain.name + "': not possible");
    if (method && guest->unheard.count(*method) != 0) return;
    if (guest->vanishes_before_shutdown) return host_.end(*guest);
    ++guest->requests;
    if (guest->needs_wake || !guest->powers_off_after || guest->state != State::running) return;
    const Instant end = deadline.now() + *guest->powers_off_after;
    guest->ends_at = std::min(guest->ends_at.value_or(end), end);
  }

  void wake(const Identity& domain, Deadline deadline) override {
    begin(Verb::wake, deadline);
    FakeGuest* guest = running(domain);
    if (!guest) return;
    guest->needs_wake = false;
    if (guest->state == State::pmsuspended) guest->state = State::running;
  }

  void resume(const Identity& domain, Deadline deadline) override {
    begin(Verb::resume, deadline);
    FakeGuest* guest = running(domain);
    if (!guest) return;
    reach_qemu(*guest, deadline);
    if (guest->pauses_again) return;
    guest->state = State::running;
    guest->reason = Reason::other;
    guest->disk_errors.clear();
  }

  void destroy(const Identity& domain, Deadline deadline) override {
    begin(Verb::destroy, deadline);
    FakeGuest* guest = running(domain);
    if (!guest) return;
    if (guest->vanishes_before_destroy) return host_.end(*guest);
    const Instant dead = deadline.now() + guest->survives_destroy;
    guest->ends_at = std::min(guest->ends_at.value_or(dead), dead);
    const Instant returns = std::min(dead, deadline.now() + kLibvirtKillTime);
    if (returns > deadline.end()) {
      busy_until_ = returns;
      host_.clock_.sleep_until(deadline.end());
      throw Error(Fault::timed_out, "libvirt does not answer");
    }
    host_.clock_.sleep_until(returns);
    host_.settle();
    if (returns < dead) {
      throw Error(Fault::failed, "cannot destroy '" + domain.name +
                                     "': Failed to terminate process 4711 with SIGKILL: Device or "
                                     "resource busy");
    }
  }

  std::optional<std::string> definition_of(const Identity& domain, Deadline deadline) override {
    begin(Verb::definition_of, deadline);
    const FakeGuest* guest = host_.look(domain);
    return guest ? std::optional(guest->xml) : std::nullopt;
  }

  void watch(const Identity& domain, Deadline deadline) override {
    begin(Verb::watch, deadline);
    watched_ = domain;
    seen_ = host_.events_[domain.name];
  }

  // Never throws: it waits for events, and asks nothing. A hung daemon sends none.
  void wait_for_change(const Descriptor& process, Deadline deadline) override {
    if (has_ended(process)) return;
    try {
      host_.count(Verb::wait_for_change, deadline);
    } catch (const Error&) {
      return;
    }
    if (host_.events_[watched_.name] == seen_) {
      const FakeGuest* guest = host_.look(watched_);
      const Instant next = guest ? guest->ends_at.value_or(deadline.end()) : deadline.end();
      host_.clock_.sleep_until(std::min(next, deadline.end()));
      host_.settle();
    }
    seen_ = host_.events_[watched_.name];
  }

  std::unique_ptr<domain::Migration> begin_migration(const Identity& domain,
                                                     const domain::MigrationPlan& plan,
                                                     Deadline deadline) override {
    begin(Verb::begin_migration, deadline);
    const auto target = host_.targets_.find(plan.destination_uri);
    if (target == host_.targets_.end()) {
      throw Error(Fault::unreachable, "cannot connect to '" + plan.destination_uri + "'");
    }
    const FakeGuest* guest = running(domain);
    if (!guest) throw Error(Fault::failed, "cannot migrate '" + domain.name + "': not running");
    host_.last_plan = plan;
    auto job = std::make_shared<FakeHost::Job>();
    job->identity = guest->identity;
    job->target = target->second;
    job->plan = host_.next_migration;
    job->begun = job->pass_begun = deadline.now();
    host_.jobs_.push_back(job);
    if (plan.postcopy_resume) {
      job->postcopy = true;
      job->ends_at = deadline.now() + std::chrono::seconds(1);
      return std::make_unique<FakeMigration>(host_, std::move(job));
    }
    domain::Devices devices = domain::parse_devices(xml_of(*guest), "the domain");
    if (devices.usual_hugepages) devices.hugepage_kib = target->second->equipment.usual_hugepage_kib;
    const domain::Needs needs = domain::needs_of(devices, 0);
    const domain::Lacks lacks = target->second->lacks(needs);
    if (!job->plan.failure && !lacks.found.empty()) {
      job->plan.failure =
          Error(Fault::failed, lacks.found.front().name + " " + lacks.found.front().words);
    }
    if (plan.downtime.count() > 0) job->downtime = plan.downtime;
    if (job->plan.memory) {
      job->pass_size = job->plan.memory->size;
    } else if (job->plan.finishes_after) {
      job->ends_at = deadline.now() + *job->plan.finishes_after;
    }
    if (host_.next_migration.fails_in_passing > 0) {
      --host_.next_migration.fails_in_passing;
      job->may_pass = true;
      job->plan.failure = Error(Fault::failed, "another migration job is already running");
      job->ends_at = deadline.now();
    }
    if (host_.next_migration.breaks_half_way > 0) {
      --host_.next_migration.breaks_half_way;
      job->plan.failure = Error(Fault::failed, "Unable to write to socket");
      job->ends_at = deadline.now() + std::chrono::seconds(3);
    }
    FakeGuest incoming = *guest;
    incoming.state = State::paused;
    incoming.reason = Reason::migrating;
    incoming.persistent = plan.persistent;
    target->second->add(std::move(incoming));
    return std::make_unique<FakeMigration>(host_, std::move(job));
  }

  void mark(const Identity& domain, const domain::Mark& mark, Deadline deadline) override {
    begin(Verb::mark, deadline);
    required(domain);
    host_.look(domain)->config = mark.config;
  }

  Insight ask_qemu(const Identity& domain, Deadline deadline) override {
    begin(Verb::ask_qemu, deadline);
    if (FakeGuest* it = running(domain); it && it->vanishes_before_answer) host_.end(*it);
    const FakeGuest& guest = required(domain);
    reach_qemu(guest, deadline);
    return {guest.disk_errors, guest.busy};
  }

  std::string live_xml(const Identity& domain, Deadline deadline) override {
    begin(Verb::live_xml, deadline);
    return xml_of(required(domain));
  }

  // libvirt waits for a silent agent, but not for long.
  domain::AgentAnswer ask_agent(const Identity& domain, Deadline deadline) override {
    constexpr Duration kAgentWaitTime = std::chrono::seconds(5);
    begin(Verb::ask_agent, deadline);
    const FakeGuest& guest = required(domain);
    if (guest.agent == domain::AgentAnswer::silent)
      host_.clock_.sleep_until(deadline.now() + kAgentWaitTime);
    return guest.agent;
  }

  std::string job(const Identity& domain, Deadline deadline) override {
    begin(Verb::job, deadline);
    return required(domain).job;
  }

  std::optional<domain::Transfer> transfer(const Identity& domain, Deadline deadline) override {
    begin(Verb::transfer, deadline);
    return required(domain).transfer;
  }

  domain::Lacks lacks(const domain::Needs& needs, Deadline deadline) override {
    begin(Verb::lacks, deadline);
    return host_.lacks(needs);
  }

  bool activate(const domain::Resource& resource, Deadline deadline) override {
    begin(Verb::activate, deadline);
    const bool network = resource.kind == domain::ResourceKind::network;
    auto& offered = network ? host_.equipment.networks : host_.equipment.pools;
    const auto found = offered.find(resource.name);
    if (found == offered.end()) {
      throw Error(Fault::unusable_here, (network ? "cannot start network '" : "cannot start pool '") +
                                            resource.name + "': there is none of that name");
    }
    host_.clock_.sleep_until(deadline.now() + host_.equipment.takes_to_start);
    return !std::exchange(found->second, true);
  }

  bool starts_by_itself(const Identity& domain, Deadline deadline) override {
    begin(Verb::starts_by_itself, deadline);
    const FakeGuest* guest = host_.look(domain);
    return guest && guest->persistent && guest->autostart;
  }

  std::optional<domain::MigrationTimes> times_of_arrival(const Identity& domain,
                                                         Deadline deadline) override {
    begin(Verb::times_of_arrival, deadline);
    const FakeGuest* guest = host_.look(domain);
    if (!guest || guest->arrival.total.count() == 0) return std::nullopt;
    return guest->arrival;
  }

  std::string host_uuid(Deadline deadline) override {
    begin(Verb::host_uuid, deadline);
    return host_.uuid_;
  }

 private:
  // A connection whose call has not returned takes no other.
  void begin(Verb verb, Deadline deadline) {
    if (deadline.now() < busy_until_) throw Error(Fault::timed_out, "libvirt does not answer");
    try {
      host_.count(verb, deadline);
    } catch (const Error&) {
      if (host_.hung_) busy_until_ = Instant::max();
      throw;
    }
  }

  void reach_qemu(const FakeGuest& guest, Deadline deadline) {
    if (!guest.silent_qemu) return;
    busy_until_ = Instant::max();
    host_.clock_.sleep_until(deadline.end());
    throw Error(Fault::timed_out, "libvirt does not answer");
  }

  const FakeGuest& required(const Identity& domain) {
    const FakeGuest* guest = running(domain);
    if (!guest) throw Error(Fault::failed, "there is no such domain");
    return *guest;
  }

  FakeGuest* running(const Identity& domain) {
    FakeGuest* guest = host_.look(domain);
    return guest && guest->state != State::shutoff ? guest : nullptr;
  }

  FakeHost& host_;
  Instant busy_until_{};
  Identity watched_;
  int seen_ = 0;
};

domain::Connect FakeHost::connector() {
  return [this](const std::string&, Deadline deadline) -> std::unique_ptr<domain::Hypervisor> {
    count(Verb::connect, deadline);
    return std::make_unique<FakeHypervisor>(*this);
  };
}

}  // namespace havc::test
