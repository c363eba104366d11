"""What Pacemaker's controller leaves in the CIB while it carries out a transition of the scheduler: the records of all operations,
as version 2.1.5 writes them in the lab. For clusters that are too large to have; nothing runs, and every operation succeeds.
crm_simulate could do it, too, but its time grows with the square of the operations, and it leaves out what depends on agents."""

import hashlib
import random
import xml.etree.ElementTree as ElementTree
from collections import Counter, defaultdict

# What the records need and nobody looks at; it varies as it does in life, because that decides how well a CIB can be compressed.
_UUID = "96eabd38-70e3-47fa-be3e-13794ef0a651"  # of the controller that runs the transition: any
_BEGIN = 1795268449  # seconds since 1970
_OPERATIONS_A_SECOND = 30
_MOST_MILLISECONDS = 999
_NO_PARAMETERS = ("crm_feature_set",)


def digest(parameters):
    """As Pacemaker knows an operation's parameters again: wrong ones would make the scheduler restart the resource."""
    text = "".join(f' {name}="{value}"' for name, value in sorted(parameters.items()))
    return hashlib.md5(f" <parameters{text}/>\n".encode()).hexdigest()


class Agent:
    """What of an agent's meta-data comes into the records: without reload-agent, nothing."""

    def __init__(self, metadata):
        root = ElementTree.fromstring(metadata)
        can_reload = any(action.get("name") == "reload-agent" for action in root.iter("action"))
        self.restart = [each.get("name") for each in root.iter("parameter") if each.get("reloadable") != "1"] if can_reload else None


class Controller:
    """Carries out transitions on a CIB. `agents` are by type."""

    def __init__(self, cib, agents):
        self.cib, self._agents = cib, agents
        self._states = {state.get("uname"): state for state in cib.iter("node_state")}
        self._records = {}  # (host, resource) → its lrm_resource
        self._calls = Counter()
        self._transition = 0
        self._random = random.Random(1)

    def carry_out(self, graph):
        """Records every operation of the transition, in an order that the scheduler allows; returns how many there were of each."""
        self._transition += 1
        done = Counter()
        for action in in_order(graph):
            if action.tag == "rsc_op":
                done[self._record(action)] += 1
            elif action.tag == "crm_event" and action.get("operation") == "stonith":
                self._fenced(action.get("on_node"))
                done["fence"] += 1
        return dict(done)

    def lose(self, host):
        """The host has vanished; nobody knows whether it still runs."""
        self._states[host].attrib.update({"in_ccm": "false", "crmd": "offline", "join": "down"})

    def join(self, host):
        """The host is a member, and nothing was asked of it yet."""
        state = self._states[host]
        state.attrib.update({"in_ccm": "true", "crmd": "online", "join": "member", "expected": "member"})
        if state.find("lrm") is None:
            ElementTree.SubElement(ElementTree.SubElement(state, "lrm", {"id": state.get("id")}), "lrm_resources")

    def _fenced(self, host):
        state = self._states[host]
        state.attrib.update({"in_ccm": "false", "crmd": "offline", "join": "down", "expected": "down"})
        for child in list(state):
            state.remove(child)
        self._records = {key: record for key, record in self._records.items() if key[0] != host}

    def _record(self, action):
        """Writes the operation's record, and returns its name for a count: a monitor without interval is a probe."""
        host, operation = action.get("on_node"), action.get("operation")
        primitive, attributes = action.find("primitive"), action.find("attributes").attrib
        interval = attributes.get("CRM_meta_interval", "0")
        is_probe = operation == "monitor" and interval == "0"
        code = attributes.get("CRM_meta_op_target_rc", "7") if is_probe else "0"
        self._calls[host] += 1
        key = f"{action.get('id')}:{self._transition}:{code}:{_UUID}"
        what = f"monitor_{interval}" if interval != "0" else f"{operation}_0" if operation.startswith("migrate") else "last_0"
        name = f"{primitive.get('id')}_{what}"
        record = {"id": name, "operation_key": action.get("operation_key"), "operation": operation,
                  "crm-debug-origin": "do_update_resource", "crm_feature_set": attributes["crm_feature_set"], "transition-key": key,
                  "transition-magic": f"0:{code};{key}", "exit-reason": "", "on_node": host, "call-id": str(self._calls[host]),
                  "rc-code": code, "op-status": "0", "interval": interval,
                  "last-rc-change": str(_BEGIN + self._calls.total() // _OPERATIONS_A_SECOND),
                  "exec-time": str(self._random.randint(1, _MOST_MILLISECONDS)), "queue-time": "0", **self._digests(primitive, attributes, interval)}
        if operation.startswith("migrate"):
            record |= {f"migrate_{end}": attributes[f"CRM_meta_migrate_{end}"] for end in ("source", "target")}
        history = self._history(host, primitive)
        for old in [each for each in history if each.get("id") == name]:
            history.remove(old)
        ElementTree.SubElement(history, "lrm_rsc_op", record)
        return "probe" if is_probe else operation

    def _digests(self, primitive, attributes, interval):
        parameters = {key: value for key, value in attributes.items() if not key.startswith("CRM_meta_") and key not in _NO_PARAMETERS}
        timeout = {"CRM_meta_timeout": attributes["CRM_meta_timeout"]} if interval != "0" else {}
        digests = {"op-digest": digest(parameters | timeout)}
        agent = self._agents[primitive.get("type")]
        if interval == "0" and agent.restart is not None:
            digests |= {"op-force-restart": f"  {' '.join(reversed(agent.restart))}  ",
                        "op-restart-digest": digest({key: value for key, value in parameters.items() if key in agent.restart})}
        return digests

    def _history(self, host, primitive):
        key = (host, primitive.get("id"))
        if key not in self._records:
            resources = self._states[host].find("lrm/lrm_resources")
            known = {name: primitive.get(name) for name in ("id", "type", "class", "provider") if primitive.get(name)}
            self._records[key] = ElementTree.SubElement(resources, "lrm_resource", known)
        return self._records[key]


def in_order(graph):
    """The actions of a transition graph, each after those that it waits for."""
    actions, waiting, followers = {}, {}, defaultdict(list)
    for synapse in graph.iter("synapse"):
        action = synapse.find("action_set")[0]
        actions[action.get("id")] = action
        before = {trigger[0].get("id") for trigger in synapse.findall("inputs/trigger")}
        waiting[action.get("id")] = len(before)
        for each in before:
            followers[each].append(action.get("id"))
    ready = [each for each, count in waiting.items() if count == 0]
    for each in ready:  # grows meanwhile
        for follower in followers[each]:
            waiting[follower] -= 1
            if waiting[follower] == 0:
                ready.append(follower)
    if len(ready) != len(actions):
        raise ValueError(f"{len(actions) - len(ready)} actions of the transition wait for each other or for none that is there")
    return [actions[each] for each in ready]
