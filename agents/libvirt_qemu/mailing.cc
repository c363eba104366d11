#include "libvirt_qemu/mailing.h"

#include <fmt/format.h>

#include "base/file.h"
#include "base/log.h"
#include "base/stamp.h"
#include "domain/note.h"

namespace havc::libvirt_qemu {

namespace {

using mail::Event;
using mail::Facts;

template <class Work>
void guarded(const Options& options, Work&& work) noexcept {
  if (options.email.empty()) return;
  try {
    work();
  } catch (const std::exception& error) {
    log::warn(fmt::format("no mail is sent: {}", error.what()));
  }
}

Facts facts_of(Event event, const std::string& domain) {
  Facts facts;
  facts.event = event;
  facts.domain = domain;
  return facts;
}

}  // namespace

Mailing::Mailing(const Options& options, const ocf::Call& call, std::string notes, HandOver hand_over)
    : options_(options), call_(call), notes_(std::move(notes)), hand_over_(std::move(hand_over)), begin_(call.deadline.now()) {}

void Mailing::started(const std::string& domain) const noexcept {
  guarded(options_, [&] {
    const auto failure = recent_failure();
    Facts facts = facts_of(failure ? Event::recover : Event::start, domain);
    facts.cause = failure.value_or("");
    facts.duration = duration();
    tell(std::move(facts));
    remove_file(trace());
  });
}

void Mailing::stopped(const std::string& domain, bool forced) const noexcept {
  guarded(options_, [&] {
    Facts facts = facts_of(forced ? Event::forced : Event::stop, domain);
    if (forced) facts.cause = options_.force_stop ? "force_stop is set" : "the guest did not shut down when asked, or could not be asked";
    facts.duration = duration();
    tell(std::move(facts));
  });
}

void Mailing::arrived(const std::string& domain, const Journey& journey) const noexcept {
  guarded(options_, [&] {
    Facts facts = facts_of(Event::migrate, domain);
    facts.from = call_.environment.get("OCF_RESKEY_CRM_meta_migrate_source");
    facts.to = call_.node;
    if (journey.took) facts.duration = mail::in_words(*journey.took);
    if (journey.downtime) facts.downtime = fmt::format("{} ms", journey.downtime->count());
    tell(std::move(facts));
  });
}

void Mailing::left(const std::string& domain, const std::string& target) const noexcept {
  guarded(options_, [&] {
    Facts facts = facts_of(Event::migrate_source, domain);
    facts.from = call_.node;
    facts.to = target;
    facts.duration = duration();
    tell(std::move(facts));
  });
}

void Mailing::failed(bool monitor, const std::string& reason) const noexcept {
  guarded(options_, [&] {
    const auto note = domain::read_note(notes_, call_.instance);
    Facts facts = facts_of(Event::failure, note ? note->identity.name : call_.instance);
    facts.cause = fmt::format("{}: {}", call_.action, reason);
    if (monitor && recent_failure()) return;
    tell(facts);
    if (monitor) write_stamp(trace(), begin_, facts.cause);
  });
}

void Mailing::tell(Facts facts) const {
  if (!options_.email_events.has(facts.event)) return;
  facts.instance = call_.instance;
  facts.node = call_.node;
  hand_over_({std::move(facts), options_.email_subject, options_.email_from, options_.email, options_.email_route.text,
              options_.email_auth_file.text});
}

std::string Mailing::duration() const {
  return mail::in_words(std::chrono::duration_cast<std::chrono::milliseconds>(call_.deadline.now() - begin_));
}

std::string Mailing::trace() const { return domain::instance_file(notes_, call_.instance, "failed"); }

std::optional<std::string> Mailing::recent_failure() const {
  return recent_stamp(trace(), call_.deadline.now(), std::chrono::minutes(15));
}

}  // namespace havc::libvirt_qemu
