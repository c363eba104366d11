#!/usr/bin/python3
"""Mail as an administrator meets it: the agent on libvirt's test driver, havc-mail, and an SMTP server on loopback that accepts, refuses, is slow,
hangs, or is not there. Needs no root. HAVC_BUILD is the build folder."""

import contextlib
import email
import email.policy
import os
import re
import shutil
import signal
import socket
import ssl
import subprocess
import sys
import tempfile
import threading
import time
import unittest
from pathlib import Path

SKIPPED = 77
BUILD = Path(os.environ.get("HAVC_BUILD", "build/dev"))
AGENT = BUILD / "bin/LibvirtQemu"
HAVC_MAIL = BUILD / "lib/havc-mail"
BOUND = 60  # seconds; everything waited for comes far sooner

try:
    from aiosmtpd.controller import Controller
    from aiosmtpd.smtp import SMTP, AuthResult
except ImportError:
    Controller = None

# libvirt's test driver starts every process with this domain running.
DOMAIN = "<domain type='qemu'><name>{}</name><uuid>{}</uuid><memory>8192</memory><vcpu>1</vcpu><os><type>hvm</type></os></domain>"
RUNNING = DOMAIN.format("test", "6695eb01-f6a4-8304-79aa-97f2502e193f")


def wait_for(what, condition):
    end = time.monotonic() + BOUND
    while not (value := condition()):
        if time.monotonic() > end:
            raise AssertionError(f"waited in vain for {what}")
        time.sleep(0.02)
    return value


class Sink:
    """aiosmtpd's handler: keeps what it accepts; `answers` come first."""

    def __init__(self):
        self.mails, self.answers, self.ids, self.logins, self.encrypted = [], [], [], [], []

    async def handle_DATA(self, _server, session, envelope):
        mail = email.message_from_bytes(envelope.content, policy=email.policy.default)
        self.ids.append(mail["Message-ID"])
        self.encrypted.append(session.ssl is not None)
        if self.answers:
            return self.answers.pop(0)
        self.mails.append((envelope.mail_from, envelope.rcpt_tos, mail))
        return "250 accepted"

    def authenticate(self, _server, _session, _envelope, _mechanism, data):
        self.logins.append((data.login, data.password))
        return AuthResult(success=(data.login, data.password) == (b"user", b"secret word"))


@contextlib.contextmanager
def server(sink, **options):
    controller = Controller(sink, hostname="127.0.0.1", port=free_port(), **options)
    controller.start()
    try:
        yield controller.port
    finally:
        controller.stop()


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


@contextlib.contextmanager
def raw_server(talk):
    """Speaks to each connection with `talk`, in a thread; for servers that are broken on purpose."""
    listener = socket.create_server(("127.0.0.1", 0))
    connections = []

    def serve():
        with contextlib.suppress(OSError):
            while True:
                connections.append(listener.accept()[0])
                talk(connections[-1])

    thread = threading.Thread(target=serve, daemon=True)
    thread.start()
    try:
        yield listener.getsockname()[1], connections
    finally:
        listener.shutdown(socket.SHUT_RDWR)
        listener.close()
        for connection in connections:
            connection.close()
        thread.join(BOUND)


def job(**more):
    facts = {"event": "start", "domain": "vm1", "instance": "rsc1", "node": "n1", "subject": "[SYSTEM:HA][VM:%domain_name%]", "from": "havc@n1",
             "to": "a@example.org", **more}
    return "".join(f"{key}={value}\0" for key, value in facts.items()).encode()


def send(*options, **more):
    return subprocess.run([HAVC_MAIL, *options], input=job(**more), capture_output=True, timeout=BOUND, check=False)


class Case(unittest.TestCase):
    def setUp(self):
        self.folder = Path(self.enterContext_(tempfile.TemporaryDirectory(prefix="havc-mail-")))
        self.sink = Sink()

    def enterContext_(self, context):  # unittest's own came with Python 3.11
        value = context.__enter__()
        self.addCleanup(context.__exit__, None, None, None)
        return value

    def write(self, name, text, mode=0o600):
        path = self.folder / name
        path.write_text(text)
        path.chmod(mode)
        return path

    def certificate(self):
        subprocess.run(["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "1", "-subj", "/CN=localhost", "-addext",
                        "subjectAltName=DNS:localhost", "-keyout", self.folder / "key", "-out", self.folder / "cert"], check=True, capture_output=True)
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(self.folder / "cert", self.folder / "key")
        return context


class Sending(Case):
    def test_an_accepted_mail_reads_well(self):
        port = self.enterContext_(server(self.sink))
        result = send(domain="büro-€", to="a@example.org,root b@example.org", route=f"smtp://127.0.0.1:{port}", duration="1.2 s")
        self.assertEqual(result.returncode, 0, result.stderr)
        [(sender, recipients, mail)] = self.sink.mails
        self.assertEqual((sender, recipients), ("havc@n1", ["a@example.org", "root", "b@example.org"]))
        self.assertRegex(mail["Subject"], r"^\[SYSTEM:HA\]\[VM:büro-€\] \d{4}-\d\d-\d\d \d\d:\d\d:\d\d START on n1$")
        self.assertEqual(mail["Auto-Submitted"], "auto-generated")
        self.assertIn("@", mail["Message-ID"])
        self.assertLess(abs(mail["Date"].datetime.timestamp() - time.time()), BOUND)
        self.assertEqual(mail.get_content_type(), "text/plain")
        self.assertIn("Virtual machine büro-€ was started on n1.", mail.get_content())
        self.assertRegex(mail.get_content(), r"(?m)^Took: +1\.2 s$")

    def test_facts_cannot_become_headers_or_recipients(self):
        port = self.enterContext_(server(self.sink))
        result = send(domain="vm1\r\nBcc: evil@example.org", to="a@example.org <evil@example.org>", subject="%domain_name%\nX-Evil: 1",
                      route=f"smtp://127.0.0.1:{port}")
        self.assertEqual(result.returncode, 0, result.stderr)
        [(_, recipients, mail)] = self.sink.mails
        self.assertEqual((recipients, mail["Bcc"], mail["X-Evil"]), (["a@example.org"], None, None))

    def test_starttls_and_login(self):
        auth = self.write("auth", "user\nsecret word\n")
        port = self.enterContext_(server(self.sink, tls_context=self.certificate(), require_starttls=True, authenticator=self.sink.authenticate,
                                         auth_required=True))
        result = send("--ca-file", self.folder / "cert", route=f"smtp://localhost:{port}", auth_file=auth)
        self.assertEqual(result.returncode, 0, result.stderr)
        self.assertEqual((len(self.sink.mails), self.sink.encrypted, self.sink.logins), (1, [True], [(b"user", b"secret word")]))

    def test_tls_from_the_first_byte(self):
        port = self.enterContext_(tls_server(self.sink, self.certificate()))
        result = send("--ca-file", self.folder / "cert", route=f"smtps://localhost:{port}")
        self.assertEqual(result.returncode, 0, result.stderr)
        self.assertEqual(len(self.sink.mails), 1)

    def test_an_unknown_certificate_gets_neither_mail_nor_login(self):
        auth = self.write("auth", "user\nsecret word\n")
        port = self.enterContext_(server(self.sink, tls_context=self.certificate(), authenticator=self.sink.authenticate))
        result = send("--give-up-ms", "20000", "--first-pause-ms", "60000", route=f"smtp://localhost:{port}", auth_file=auth)
        self.assertEqual((result.returncode, self.sink.mails, self.sink.logins), (1, [], []))
        self.assertIn(b"certificate", result.stderr)

    def test_a_login_is_never_sent_in_the_clear(self):
        auth = self.write("auth", "user\nsecret word\n")
        port = self.enterContext_(server(self.sink, authenticator=self.sink.authenticate, auth_require_tls=False))
        result = send("--give-up-ms", "20000", "--first-pause-ms", "60000", route=f"smtp://127.0.0.1:{port}", auth_file=auth)
        self.assertEqual((result.returncode, self.sink.mails, self.sink.logins), (1, [], []))

    def test_a_login_that_others_can_read_is_not_used(self):
        auth = self.write("auth", "user\nsecret word\n", 0o644)
        result = send(route="smtp://127.0.0.1:1", auth_file=auth)
        self.assertEqual(result.returncode, 1)
        self.assertIn(b"chmod 600", result.stderr)
        self.assertNotIn(b"secret", result.stderr)

    def test_a_temporary_refusal_is_tried_again_with_the_same_message_id(self):
        self.sink.answers = ["451 later", "451 later"]
        port = self.enterContext_(server(self.sink))
        result = send("--first-pause-ms", "10", route=f"smtp://127.0.0.1:{port}")
        self.assertEqual((result.returncode, len(self.sink.ids), len(self.sink.mails)), (0, 3, 1), result.stderr)
        self.assertEqual(len(set(self.sink.ids)), 1)

    def test_a_final_refusal_is_dropped_at_once(self):
        self.sink.answers = ["554 never"]
        port = self.enterContext_(server(self.sink))
        result = send("--first-pause-ms", "10", route=f"smtp://127.0.0.1:{port}")
        self.assertEqual((result.returncode, len(self.sink.ids)), (1, 1), result.stderr)
        self.assertIn(b"mail dropped", result.stderr)

    def test_no_server_is_tried_again_then_dropped(self):
        result = send("--give-up-ms", "300", "--first-pause-ms", "20", route=f"smtp://127.0.0.1:{free_port()}")
        self.assertEqual(result.returncode, 1)
        self.assertGreaterEqual(result.stderr.count(b"tried again"), 2)
        self.assertEqual(result.stderr.count(b"mail dropped"), 1)

    def test_a_server_that_hangs_costs_one_bounded_try_after_the_other(self):
        port, connections = self.enterContext_(raw_server(lambda connection: None))
        result = send("--give-up-ms", "1000", "--try-ms", "200", "--first-pause-ms", "10", route=f"smtp://127.0.0.1:{port}")
        self.assertEqual(result.returncode, 1)
        self.assertGreaterEqual(len(connections), 2)

    def test_a_server_that_drips_is_bounded_too(self):
        def drip(connection):
            for letter in b"220 " + b"x" * 400:
                connection.sendall(bytes([letter]))
                time.sleep(0.05)  # its pace, not a wait

        port, _ = self.enterContext_(raw_server(drip))
        begin = time.monotonic()
        self.assertEqual(send("--give-up-ms", "500", "--try-ms", "300", "--first-pause-ms", "400", route=f"smtp://127.0.0.1:{port}").returncode, 1)
        self.assertLess(time.monotonic() - begin, 10)

    def test_a_sendmail_program_gets_the_whole_message(self):
        program = self.write("sendmail", f'#!/bin/sh\nprintf "%s\\n" "$@" >{self.folder}/arguments\ncat >{self.folder}/message\n', 0o755)
        self.assertEqual(send(route=program, to="a@example.org b@example.org -oQx").returncode, 0)
        self.assertEqual((self.folder / "arguments").read_text().split(), ["-i", "-f", "havc@n1", "--", "a@example.org", "b@example.org"])
        message = (self.folder / "message").read_bytes()
        self.assertNotIn(b"\r", message)
        self.assertIn("START on n1", email.message_from_bytes(message, policy=email.policy.default)["Subject"])


@contextlib.contextmanager
def tls_server(sink, context):
    """smtps: aiosmtpd's Controller looks at its own port without TLS, so the loop is ours."""
    import asyncio
    loop = asyncio.new_event_loop()
    listener = socket.create_server(("127.0.0.1", 0))
    running = loop.run_until_complete(loop.create_server(lambda: SMTP(sink, loop=loop), sock=listener, ssl=context))
    thread = threading.Thread(target=loop.run_forever, daemon=True)
    thread.start()
    try:
        yield listener.getsockname()[1]
    finally:
        loop.call_soon_threadsafe(running.close)
        loop.call_soon_threadsafe(loop.stop)
        thread.join(BOUND)


class Agent(Case):
    def setUp(self):
        super().setUp()
        self.addCleanup(self.end_senders)

    def senders(self):
        """The havc-mail processes that this test's agents have left: their environment names its folder."""
        for entry in Path("/proc").glob("[0-9]*"):
            with contextlib.suppress(OSError):
                if (entry / "comm").read_text().strip() == "havc-mail" and str(self.folder).encode() in (entry / "environ").read_bytes():
                    yield int(entry.name)

    def end_senders(self):
        for pid in self.senders():
            with contextlib.suppress(ProcessLookupError):
                os.kill(pid, signal.SIGKILL)

    def act(self, action, xml=RUNNING, **parameters):
        config = self.write("vm.xml", xml, 0o644)
        values = {"config": config, "hypervisor": "test:///default", "CRM_meta_on_node": "n2", **parameters}
        environment = {"PATH": os.environ["PATH"], "HA_RSCTMP": str(self.folder / "notes"), "OCF_RESOURCE_INSTANCE": "rsc1", "OCF_RA_VERSION_MAJOR": "1",
                       **{f"OCF_RESKEY_{name}": str(value) for name, value in values.items()}}
        begin = time.monotonic()
        # A group of its own, and pipes that must close: as Pacemaker runs agents and waits for them.
        result = subprocess.run([AGENT, action], env=environment, stdin=subprocess.DEVNULL, capture_output=True, text=True, timeout=BOUND, check=False,
                                start_new_session=True)
        result.seconds = time.monotonic() - begin
        return result

    def mailed(self, action, xml=RUNNING, count=1, **parameters):
        with server(self.sink) as port:
            result = self.act(action, xml, email="a@example.org", email_route=f"smtp://127.0.0.1:{port}", **parameters)
            self.assertEqual(result.returncode, 0, result.stderr)
            if count:
                wait_for("mail", lambda: len(self.sink.mails) >= count)
            wait_for("the senders' end", lambda: not list(self.senders()))
        self.assertEqual(len(self.sink.mails), count)
        return [(mail["Subject"], mail.get_content()) for _, _, mail in self.sink.mails]

    def test_stops_are_told_by_their_kind(self):
        [(subject, _)] = self.mailed("stop", subject="HA %domain_name%:")  # MailTo's name of the parameter
        self.assertRegex(subject, r"^HA test: .* STOP \(graceful\) on n2$")
        self.sink.mails.clear()
        [(subject, body)] = self.mailed("stop", force_stop="1")
        self.assertRegex(subject, r"STOP \(forced\) on n2$")
        self.assertIn("force_stop is set", body)

    def test_a_migration_is_told_by_the_target(self):
        [(subject, body)] = self.mailed("migrate_from", CRM_meta_migrate_source="n1")
        self.assertRegex(subject, r"MIGRATE \(from n1\) on n2$")
        self.assertRegex(body, r"(?m)^From: +n1$")

    def test_nothing_is_told_when_nothing_changed(self):
        self.mailed("stop", DOMAIN.format("gone", "6f1d3c1e-2b0a-4d0e-9a51-0d6f3a7b9c01"), count=0)  # as on the source after a migration
        self.mailed("start", count=0)

    def test_a_failure_is_told_on_request(self):
        with server(self.sink) as port:
            result = self.act("migrate_to", email="a@example.org", email_route=f"smtp://127.0.0.1:{port}", email_events="failure")
            self.assertEqual(result.returncode, 1)
            wait_for("mail", lambda: self.sink.mails)
        self.assertIn("no migration target", self.sink.mails[0][2].get_content())

    def test_no_address_starts_nothing(self):
        trace = self.folder / "trace"
        subprocess.run(["strace", "-f", "-o", trace, "-e", "trace=execve", AGENT, "stop"], check=True, capture_output=True, timeout=BOUND,
                       env={"PATH": os.environ["PATH"], "HA_RSCTMP": str(self.folder / "notes"), "OCF_RESKEY_config": str(self.write("vm.xml", RUNNING)),
                            "OCF_RESKEY_hypervisor": "test:///default", "ASAN_OPTIONS": "detect_leaks=0"})
        self.assertNotIn("havc-mail", trace.read_text())

    def test_the_agent_ends_while_the_server_still_hangs(self):
        port, connections = self.enterContext_(raw_server(lambda connection: None))
        plain = self.act("stop")
        result = self.act("stop", email="a@example.org", email_route=f"smtp://127.0.0.1:{port}")
        [sender] = wait_for("the sender", lambda: list(self.senders()))
        wait_for("its connection", lambda: connections)
        self.assertEqual((result.returncode, re.findall("ocf-exit-reason.*", result.stderr)), (plain.returncode, []))
        self.assertLess(result.seconds, plain.seconds + 2)
        self.assertEqual(os.getsid(sender), sender, "a kill of the agent's group would reach it")
        self.assertEqual(sorted(os.readlink(f"/proc/{sender}/fd/{number}") for number in (1, 2)), ["/dev/null"] * 2)
        self.assertNotIn(b"example", Path(f"/proc/{sender}/cmdline").read_bytes())

    def test_the_result_is_the_same_whatever_the_mail_system_does(self):
        for route in (f"smtp://127.0.0.1:{free_port()}", "/nonexistent/sendmail", "nonsense"):
            with self.subTest(route=route):
                result = self.act("stop", email="a@example.org", email_route=route)
                self.assertEqual(result.returncode, 0, result.stderr)
                self.assertLess(result.seconds, 10)


if __name__ == "__main__":
    missing = [program for program in ("openssl", "strace") if not shutil.which(program)]
    if Controller is None:
        missing.append("python3-aiosmtpd")
    if missing:
        print("skipped: not installed: " + ", ".join(missing), file=sys.stderr)
        sys.exit(SKIPPED)
    unittest.main(verbosity=2, warnings="ignore")
