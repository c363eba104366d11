// A management module itself, apart from the bays that it manages: which product it is, which of
// the chassis' modules, and whether it is in charge.
#pragma once

#include <array>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace havc::chassis {

enum class Face {
  amm,     ///< IBM BladeCenter Advanced Management Module (BLADE-MIB)
  mm,      ///< its predecessor, which lacks chassisType
  cmm,     ///< IBM Flex System Chassis Management Module (CME-MIB)
  lenovo,  ///< the same by Lenovo
};

/// What becomes of SETs.
enum class Sets {
  as_role,    ///< obeyed by the active module, refused by a standby one
  obey,       ///< whatever its role
  refuse,     ///< noAccess (noSuchName in v1), as for a user or community that may only read
  ignore,     ///< accepted without effect
  gen_error,  ///< genErr
};

using Address = std::array<std::uint8_t, 4>;

/// BLADE-MIB bladePolicyAutoPowerOn; CME-MIB configurationBladeAutoPowerOn.
enum class AutoPowerOn { restore = 1, automatic = 2, manual = 3 };

struct Module {
  Face face = Face::amm;
  std::string description;  ///< sysDescr; empty: what the face's own modules say
  int bay = 1;              ///< where it sits: 1 or 2
  int active = 1;           ///< the module in charge
  bool redundant = false;   ///< there are two
  std::array<Address, 2> addresses{};
  Sets sets = Sets::as_role;
  AutoPowerOn auto_power_on = AutoPowerOn::restore;
  int shift = 0;  ///< a bay's row has this much added to the bay's number as its index

  bool standby() const { return active != bay; }
  bool flex() const { return face == Face::cmm || face == Face::lenovo; }
};

/// A name that has access, as the module's own tables show it: SNMPv1 communities and SNMPv3 users.
struct Grant {
  std::string name;
  bool writes;
  int auth = 1;  ///< snmpUserProfileEntryAuthProt: none 1, MD5 2, SHA 3
  int priv = 1;  ///< snmpUserProfileEntryPrivProt: none 1, DES 2, AES 4
};
struct Grants {
  std::vector<Grant> communities;
  std::vector<Grant> users;
};

/// Applies `key=value`: face, sysdescr, bay, active, redundant, address1, address2, sets,
/// autopoweron, shift. Throws Error(misconfigured) and leaves `module` alone when either is not
/// understood.
void configure(Module& module, std::string_view assignment);

}  // namespace havc::chassis
