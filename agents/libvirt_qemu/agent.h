// LibvirtQemu, the resource agent: the only place that knows both OCF and domains.
#pragma once

#include <functional>
#include <string>
#include <string_view>

#include "domain/hypervisor.h"
#include "domain/places.h"
#include "libvirt_qemu/mailing.h"
#include "libvirt_qemu/ordering.h"
#include "ocf/agent.h"

namespace havc::libvirt_qemu {

/// What the agent acts on; models of it in tests.
struct World {
  domain::Connect connect = domain::connect;
  /// The places of a connection URI, given the folder for notes.
  std::function<domain::Places(std::string_view uri, std::string notes)> places = domain::places_for;
  HandOver hand_over = mail::hand_over;
  SystemdPlaces systemd = {};
};

ocf::Agent make_agent(const World& world = {});

}  // namespace havc::libvirt_qemu
