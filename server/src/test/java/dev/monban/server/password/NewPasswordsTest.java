package dev.monban.server.password;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.sun.net.httpserver.HttpServer;
import dev.monban.core.password.PasswordFault;
import dev.monban.server.platform.BadInput;
import dev.monban.server.platform.outgoing.Destinations;
import dev.monban.server.platform.outgoing.OutgoingCalls;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class NewPasswordsTest {

    private static final Argon2Parameters CHEAP = new Argon2Parameters(64, 1, 1);

    @Test
    void theListKnowsWhatAttackersTryFirst() {
        CommonPasswords common = CommonPasswords.read(Optional.empty());
        assertTrue(common.size() > 20_000, common.size() + " passwords");
        assertTrue(common.contains("password1"));
        assertTrue(common.contains("Ｐａｓｓｗｏｒｄ１"));
        assertFalse(common.contains("春はあけぼの、やうやう白くなりゆく山ぎは"));
    }

    @Test
    void aFileAddsToTheList(@TempDir Path folder) throws IOException {
        Path file = folder.resolve("more");
        Files.writeString(file, "hoken-hoken-hoken-2026\nさくらさくらさくらさくらさくら\n");
        CommonPasswords common = CommonPasswords.read(Optional.of(file));
        assertTrue(common.contains("Hoken-Hoken-Hoken-2026"));
        assertTrue(common.contains("さくらさくらさくらさくらさくら"));
        assertThrows(
                BadInput.class,
                () -> CommonPasswords.read(Optional.of(folder.resolve("not-there"))));
    }

    /** SHA-1 of "password" is 5BAA6 1E4C9B93F3F0682250B6CF8331B7EE68FD8. */
    @Test
    void onlyTheBeginningOfAHashLeavesTheHouse() throws IOException {
        List<String> asked = new ArrayList<>();
        HttpServer ranges =
                HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        ranges.createContext(
                "/range/",
                exchange -> {
                    asked.add(exchange.getRequestURI().getPath());
                    byte[] answer =
                            ("0018A45C4D1DEF81644B54AB7F969B88D65:3\r\n"
                                            + "1E4C9B93F3F0682250B6CF8331B7EE68FD8:9545824\r\n"
                                            + "00D4F6E8FA6EECAD2A3AA415EEC418D38EC:0\r\n")
                                    .getBytes(StandardCharsets.US_ASCII);
                    exchange.sendResponseHeaders(200, answer.length);
                    exchange.getResponseBody().write(answer);
                    exchange.close();
                });
        ranges.start();
        String address = "http://localhost:" + ranges.getAddress().getPort() + "/range/";
        try (OutgoingCalls calls = new OutgoingCalls(Destinations.allowing(List.of("localhost")))) {
            BreachedPasswords breached = new BreachedPasswords(address, calls);
            assertTrue(breached.contains("password"));
            assertFalse(breached.contains("an umbrella for the rainy season"));
            assertEquals("/range/5BAA6", asked.getFirst());
            assertTrue(asked.stream().allMatch(path -> path.length() == "/range/".length() + 5));
        } finally {
            ranges.stop(0);
        }
        // Where nobody answers, a password is not held for breached.
        try (OutgoingCalls calls = new OutgoingCalls(Destinations.allowing(List.of("localhost")))) {
            assertFalse(new BreachedPasswords(address, calls).contains("password"));
        }
    }

    @Test
    void aWantedPasswordIsHeldToAllOfIt() {
        Passwords passwords = new Passwords(CHEAP);
        NewPasswords rules =
                new NewPasswords(
                        passwords, CommonPasswords.read(Optional.empty()), Optional.empty());
        List<String> names = List.of("sato@yamada.example", "sato", "yamada", "佐藤");
        String old = passwords.hash("an umbrella for the rainy season");
        assertEquals(
                Set.of(PasswordFault.SAME),
                rules.check("an umbrella for the rainy season", names, Optional.of(old), false)
                        .faults());
        assertEquals(
                Set.of(PasswordFault.EASY),
                rules.check("aaaaaaaaaaaaaaaaaaaa", names, Optional.of(old), false).faults());
        NewPasswords.Wanted good =
                rules.check("three quiet rivers in march", names, Optional.of(old), false);
        assertEquals(Set.of(), good.faults());
        assertTrue(
                passwords.check("three quiet rivers in march", good.hash().orElseThrow()).right());
    }
}
