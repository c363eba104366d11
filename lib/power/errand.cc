#include "power/errand.h"

#include <algorithm>
#include <utility>

#include "base/text.h"

namespace havc::power {

namespace {

using namespace std::chrono_literals;

// Between an answer and the next question, as HAVC-II polled; a module answers in tenths of a
// second.
constexpr auto kPoll = 1s;
// Once a command is given, a slow module is asked again before it has answered, so that its answers
// tell of moments this far apart rather than of one a latency.
constexpr auto kPipeline = 2s;
constexpr std::size_t kMostQuestions = 8;  // 16 s of latency
// For the answer to a command: three tries of SNMPv1, one of SNMPv3. Afterwards nothing repeats it
// before the bay's identity has been read again.
constexpr auto kCommandTime = 6s;
constexpr auto kPostpone = 2s;

snmp::Oid row_of(const snmp::Oid& column, int bay) {
  return column / static_cast<std::uint32_t>(bay);
}

}  // namespace

bool Errand::has_room() const {
  const auto rows = std::count_if(questions_.begin(), questions_.end(),
                                  [](const Question& one) { return one.kind != Kind::opinion; });
  return static_cast<std::size_t>(rows) < (pursuit_.commanded() ? kMostQuestions : 1);
}

void Errand::ask(Kind kind, std::vector<snmp::Oid> objects, Instant now) {
  const auto contact = link_->contact();
  const auto ticket =
      contact.client->send(contact.peer, {snmp::Request::Kind::get, std::move(objects)});
  questions_.push_back({ticket, kind, now});
}

void Errand::step(Instant now) {
  if (command_ && now >= command_->given + kCommandTime) {
    link_->client().forget(command_->ticket);
    answered(link_->client().silence(link_->contact().peer, kCommandTime), now);
  }
  if (const auto since = waiting_since(); since && now >= *since + kSilence) {
    pursuit_.silent(link_->client().silence(link_->contact().peer, now - *since));
    observe();
  }
  if (now < next_question_ || !has_room()) return;
  next_question_ = now + kPipeline;
  const Chassis& chassis = link_->chassis();
  const Bay& bay = pursuit_.found();
  auto objects = power::objects(chassis, bay);
  if (reseat_) {
    objects.push_back(row_of(chassis.reseat.name, bay.number));
    return ask(Kind::reseat, std::move(objects), now);
  }
  ask(Kind::row, std::move(objects), now);
  if (!pursuit_.strict()) return;
  const Witness& witness = chassis.witness;
  ask(Kind::opinion,
      {witness.state_bay / bay.index, witness.state / bay.index, witness.seconds_bay / bay.index,
       witness.seconds / bay.index},
      now);
}

Instant Errand::wake() const {
  Instant next = Instant::max();
  if (has_room()) next = next_question_;
  if (command_) next = std::min(next, command_->given + kCommandTime);
  if (const auto since = waiting_since(); since && !pursuit_.is_silent())
    next = std::min(next, *since + kSilence);
  return next;
}

std::optional<Instant> Errand::waiting_since() const {
  if (questions_.empty()) return {};
  return std::min_element(
             questions_.begin(), questions_.end(),
             [](const Question& left, const Question& right) { return left.asked < right.asked; })
      ->asked;
}

void Errand::forget() {
  for (const auto& question : questions_) link_->client().forget(question.ticket);
  questions_.clear();
  if (command_) link_->client().forget(command_->ticket);
  command_.reset();
}

void Errand::moved() {
  pursuit_.moved();
  reseat_.reset();
  refusal_.reset();
  next_question_ = {};
}

bool Errand::take(const snmp::Answer& answer, Instant now) {
  if (command_ && command_->ticket == answer.ticket) {
    answered(answer.reply.error, now);
    return true;
  }
  const auto found = std::find_if(questions_.begin(), questions_.end(),
                                  [&](const Question& one) { return one.ticket == answer.ticket; });
  if (found == questions_.end()) return false;
  const Question question = *found;
  questions_.erase(found);
  if (question.kind != Kind::opinion) next_question_ = std::min(next_question_, now + kPoll);
  take(question, answer.reply, now);
  return true;
}

void Errand::take(const Question& question, const snmp::Reply& reply, Instant now) {
  if (reply.error && reply.error->fault() == Fault::permission) return refused(*reply.error, now);
  if (question.kind == Kind::opinion) {
    pursuit_.saw(reply.error ? Opinion() : opinion_of(reply.values()), {question.asked, now});
    return;
  }
  if (reply.error) {
    pursuit_.saw_nothing(*reply.error);
    return observe();
  }
  auto values = reply.values();
  snmp::Value name = snmp::Absent();
  if (question.kind == Kind::reseat) {
    name = values.back();
    values.pop_back();
  }
  const Bay bay = decode(link_->chassis(), pursuit_.found(), values);
  if (pursuit_.goal() == Goal::off && link_->is_standby() &&
      (bay.state.power == Power::off || bay.empty)) {
    // What it knows may be from before the blade was switched on.
    pursuit_.saw_nothing({Fault::failed,
                          text::quote(link_->name()) + " says off, but is the standby module",
                          "bring the module in charge back, or look at the blade"});
    return observe();
  }
  pursuit_.saw(bay, {question.asked, now});
  observe();
  if (question.kind == Kind::reseat) return take_reseat(name, now);
  act(now);
}

Opinion Errand::opinion_of(const std::vector<snmp::Value>& values) const {
  const int number = pursuit_.found().number;
  Opinion opinion;
  const bool there = !std::holds_alternative<snmp::Absent>(values.at(1));
  if (there && snmp::number(values.at(0)) == number)
    opinion.state = state_of(link_->chassis().witness.states, values.at(1));
  if (snmp::number(values.at(2)) == number) opinion.seconds = snmp::number(values.at(3));
  return opinion;
}

void Errand::act(Instant now) {
  if (command_) return;
  const auto order = pursuit_.due(now);
  if (!order) return;
  const Chassis& chassis = link_->chassis();
  if (order->kind == Order::Kind::reseat) {
    reseat_ = order;  // only once it is known who is in the row that it goes to
    next_question_ = now;
    return;
  }
  command(*order, chassis.columns.command / pursuit_.found().index, now);
}

// The table has a row for each component: a wrong one pulls an innocent blade.
void Errand::take_reseat(const snmp::Value& name, Instant now) {
  if (!reseat_) return act(now);  // it was asked twice, and has been answered
  const Order order = *std::exchange(reseat_, std::nullopt);
  const Bay& bay = pursuit_.found();
  if (pursuit_.due(now) != order) return act(now);
  if (bay.name.empty() || text::trim(snmp::text(name)) != text::trim(bay.name)) {
    pursuit_.give(order, now);
    pursuit_.gave(order,
                  Error(Fault::failed, "its row in the table of reseats does not carry its name",
                        "reseat the blade by hand"),
                  now);
    return;
  }
  audit_->note("reseat of " + bay.text());
  command(order, row_of(link_->chassis().reseat.command, bay.number), now);
}

void Errand::command(const Order& order, const snmp::Oid& object, Instant now) {
  const auto contact = link_->contact();
  pursuit_.give(order, now);
  const auto number = audit_->command(target_, order.words(pursuit_.goal()));
  const auto ticket =
      contact.client->send(contact.peer, {snmp::Request::Kind::set, {object}, order.code});
  command_ = {ticket, order, now, number};
}

void Errand::answered(const std::optional<Error>& trouble, Instant now) {
  const Command done = *std::exchange(command_, std::nullopt);
  audit_->answered(target_, done.number, trouble ? trouble->problem() : "accepted");
  const bool soft = done.order.kind == Order::Kind::soft;  // what is refused softly is tried hard
  if (trouble && trouble->fault() == Fault::permission && !soft) return refused(*trouble, now);
  if (!trouble) link_->obeyed();
  pursuit_.gave(done.order, trouble, now);
}

/// A standby module refuses, too: who is in charge is asked before it is taken for an answer.
void Errand::refused(const Error& error, Instant now) {
  link_->refused();
  refusal_ = Error(error.fault(), pursuit_.found().text() + ": " + error.problem(), error.remedy());
  pursuit_.postpone(error, now + kPostpone);
}

void Errand::observe() {
  audit_->state(target_, pursuit_.word());
}

}  // namespace havc::power
