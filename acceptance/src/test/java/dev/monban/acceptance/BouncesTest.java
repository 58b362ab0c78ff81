package dev.monban.acceptance;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import org.junit.jupiter.api.Test;

/** Mail that does not arrive. */
class BouncesTest {

    private static final String PASSWORD = "right-password-1";

    private static String state(String mail) {
        return "issuer: ISSUER\n"
                + mail
                + """
                tenants: [{id: yamada, name: Yamada}]
                accounts:
                  - {identifier: boss@yamada.example, tenant: yamada, name: Boss, language: en, roles: [admin], password: {plain: PASSWORD}}
                  - {identifier: gone@yamada.example, tenant: yamada, name: Gone, language: en, roles: [agent], password: {plain: PASSWORD}}
                """
                        .replace("PASSWORD", PASSWORD);
    }

    /** A mail server that knows some mailboxes and refuses all others, as RFC 5321 has it. */
    private static final class Refuser implements AutoCloseable {

        private final ServerSocket socket =
                new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
        final Queue<String> senders = new ConcurrentLinkedQueue<>();
        final Queue<String> recipients = new ConcurrentLinkedQueue<>();

        Refuser() throws IOException {
            Thread serving = Thread.ofVirtual().start(this::serve);
            assertTrue(serving.isVirtual());
        }

        private void serve() {
            while (!socket.isClosed()) {
                try (Socket one = socket.accept()) {
                    talk(one);
                } catch (IOException e) {
                    System.err.println("a talk ended early: " + e.getMessage());
                }
            }
        }

        private void talk(Socket one) throws IOException {
            BufferedReader in =
                    new BufferedReader(
                            new InputStreamReader(one.getInputStream(), StandardCharsets.US_ASCII));
            say(one, "220 refuser");
            boolean data = false;
            for (String line = in.readLine(); line != null; line = in.readLine()) {
                if (data) {
                    data = !line.equals(".");
                    if (!data) {
                        say(one, "250 2.0.0 taken");
                    }
                } else if (line.startsWith("MAIL")) {
                    senders.add(line);
                    say(one, "250 2.1.0 well");
                } else if (line.startsWith("RCPT")) {
                    recipients.add(line);
                    say(
                            one,
                            line.contains("gone@")
                                    ? "550 5.1.1 <gone@yamada.example>: no such mailbox"
                                    : "250 2.1.5 well");
                } else if (line.startsWith("DATA")) {
                    data = true;
                    say(one, "354 go on");
                } else if (line.startsWith("QUIT")) {
                    say(one, "221 2.0.0 bye");
                    return;
                } else {
                    say(one, "250 refuser");
                }
            }
        }

        private static void say(Socket one, String line) throws IOException {
            one.getOutputStream().write((line + "\r\n").getBytes(StandardCharsets.US_ASCII));
        }

        @Override
        public void close() throws IOException {
            socket.close();
        }
    }

    private static void askForReset(GateProcess gate, String name) {
        Visitor visitor = new Visitor(gate);
        Map<String, String> form = Visitor.hidden(visitor.get("/reset").body());
        form.put("identifier", name);
        assertEquals(200, visitor.post("/reset", form).statusCode());
    }

    @Test
    void whatAServerRefusesIsKnownAtOnceAndNotTriedAgain() throws Exception {
        try (Refuser refuser = new Refuser();
                GateProcess gate =
                        GateProcess.start(
                                state(
                                        "mail: {server: 127.0.0.1, port: %d, encryption: none, from: monban@monban.example, bounces: back@monban.example}\n"
                                                .formatted(refuser.socket.getLocalPort())))) {
            Visitor boss = new Visitor(gate);
            assertEquals(303, boss.signIn("/login", "boss@yamada.example", PASSWORD).statusCode());
            assertFalse(boss.get("/members?lang=en").body().contains("mail comes back"));
            askForReset(gate, "gone@yamada.example");
            Operators.await(() -> boss.get("/members?lang=en").body().contains("mail comes back"));
            String list = boss.get("/members?q=gone").body();
            String path =
                    list.replaceAll("(?s).*href=\"(/members/person\\?id=[0-9a-f-]{36}).*", "$1");
            String page = boss.get(path).body();
            assertTrue(page.contains("5.1.1") && page.contains("no such mailbox"), page);
            // The next is tried; the one that was refused is not.
            askForReset(gate, "boss@yamada.example");
            Operators.await(() -> refuser.recipients.stream().anyMatch(r -> r.contains("boss@")));
            assertEquals(1, refuser.recipients.stream().filter(r -> r.contains("gone@")).count());
            assertTrue(
                    refuser.senders.stream().allMatch(s -> s.contains("<back@monban.example>")),
                    "reports go where they are read");
        }
    }

    /** As mail servers write it (RFC 3464), with the headers of what came back. */
    static String report(String messageId, String action, String status) {
        return """
        From: MAILER-DAEMON@mx.example
        To: monban@monban.example
        Subject: Undelivered Mail Returned to Sender
        MIME-Version: 1.0
        Content-Type: multipart/report; report-type=delivery-status; boundary="edge"

        --edge
        Content-Type: text/plain; charset=us-ascii

        Your message could not be delivered.

        --edge
        Content-Type: message/delivery-status

        Reporting-MTA: dns; mx.example
        Arrival-Date: Mon, 23 Nov 2026 09:00:00 +0900

        Final-Recipient: rfc822; gone@yamada.example
        Action: ACTION
        Status: STATUS
        Diagnostic-Code: smtp; 550 5.2.1 mailbox
            is full of <b>old</b> letters

        --edge
        Content-Type: text/rfc822-headers

        From: monban@monban.example
        Message-ID: MESSAGE
        Subject: something

        --edge--
        """
                .replace("MESSAGE", messageId)
                .replace("ACTION", action)
                .replace("STATUS", status)
                .replace("\n", "\r\n");
    }

    static int tell(GateProcess gate, String report) {
        Visitor server = new Visitor("http://127.0.0.1:" + gate.managementPort());
        return server.send("POST", "/mail/bounces", report, "Content-Type", "message/rfc822")
                .statusCode();
    }

    @Test
    void whatComesBackLaterIsKnownUntilSomethingArrives() throws Exception {
        try (Operators operators = new Operators();
                GateProcess gate = GateProcess.start(state(operators.declared()))) {
            String gone = "gone@yamada.example";
            Visitor boss = new Visitor(gate);
            assertEquals(303, boss.signIn("/login", "boss@yamada.example", PASSWORD).statusCode());
            askForReset(gate, gone);
            Operators.await(() -> !operators.mails(gone).isEmpty());
            String id = operators.mails(gone).getFirst().getHeader("Message-ID")[0];
            // A delay is nothing yet; what is not ours is refused, whoever it names.
            assertEquals(204, tell(gate, report(id, "delayed", "4.4.1")));
            assertEquals(
                    422,
                    tell(
                            gate,
                            report(
                                    "<01a2096c-43e6-7f55-acd9-c8617631d6fd@monban.example>",
                                    "failed",
                                    "5.2.1")));
            assertEquals(422, tell(gate, "Subject: buy this\r\n\r\nnow\r\n"));
            assertEquals(422, tell(gate, ""));
            assertFalse(boss.get("/members?lang=en").body().contains("mail comes back"));
            assertEquals(204, tell(gate, report(id, "failed", "5.2.1")));
            assertTrue(boss.get("/members?lang=en").body().contains("mail comes back"));
            // The person sees it on the own page, and cures it by a code that arrives.
            Visitor person = new Visitor(gate);
            HttpResponse<String> in = person.signIn("/login", gone, PASSWORD);
            assertEquals(303, in.statusCode());
            assertTrue(person.get("/account?lang=en").body().contains("has come back"));
            Visitor reset = new Visitor(gate);
            Map<String, String> form = Visitor.hidden(reset.get("/reset").body());
            form.put("identifier", gone);
            int before = operators.mails(gone).size();
            Map<String, String> code = Visitor.hidden(reset.post("/reset", form).body());
            code.put("code", operators.code(gone, before, 8));
            assertEquals(200, reset.post("/reset/code", code).statusCode());
            assertFalse(boss.get("/members?lang=en").body().contains("mail comes back"));
            assertFalse(person.get("/account?lang=en").body().contains("has come back"));
        }
    }
}
