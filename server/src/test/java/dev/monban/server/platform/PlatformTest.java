package dev.monban.server.platform;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.code_intelligence.jazzer.junit.FuzzTest;
import dev.monban.server.house.Repository;
import java.net.InetAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class PlatformTest {

    private static final Purpose ONE = Purpose.of("one");
    private static final Purpose OTHER = Purpose.of("other");
    private static final Purpose.OfSubject EACH = Purpose.ofSubject("recovery code ");

    private final AtomicReference<Instant> now =
            new AtomicReference<>(Instant.parse("2026-11-24T00:00:00Z"));

    @ParameterizedTest(name = "{1} from {0} is {2}")
    @CsvSource(
            delimiter = '|',
            textBlock =
"""
# connection  | X-Forwarded-For              | client         | secure
198.51.100.7  | 203.0.113.9                  | 198.51.100.7   | false
10.0.0.1      | 203.0.113.9                  | 203.0.113.9    | true
10.0.0.1      | 192.0.2.66, 203.0.113.9      | 203.0.113.9    | true
10.0.0.1      | 203.0.113.9, 10.0.0.2        | 203.0.113.9    | true
10.0.0.1      | nonsense                     | 10.0.0.1       | false
10.0.0.1      | 2001:db8::5                  | 2001:db8:0:0:0:0:0:5 | true
10.0.0.1      | evil.example                 | 10.0.0.1       | false
""")
    void believesOnlyTrustedProxies(String peer, String header, String client, boolean secure) {
        Addresses addresses =
                new Addresses(List.of("10.0.0.0/8", "::1"), Addresses.ProxyHeader.X_FORWARDED_FOR);
        Request.Source headers =
                source(Map.of("X-Forwarded-For", header, "X-Forwarded-Proto", "https"));
        Addresses.Origin origin =
                addresses.origin(InetAddress.ofLiteral(peer), false, false, headers);
        assertEquals(client, origin.address());
        assertEquals(secure, origin.secure());
    }

    @Test
    void knowsNetworksAndCountriesOfAddresses() {
        Path file = Repository.root().resolve("server/src/test/resources/networks/networks.mmdb");
        try (Networks networks = Networks.of(List.of(file))) {
            assertEquals(new Networks.Origin(64500, "JP"), networks.origin("203.0.113.77"));
            assertEquals(new Networks.Origin(64503, "JP"), networks.origin("2001:db8:1::7"));
            assertEquals(new Networks.Origin(0, null), networks.origin("10.0.0.1"));
            assertEquals(new Networks.Origin(0, null), networks.origin("not an address"));
        }
        try (Networks none = Networks.of(List.of())) {
            assertEquals(new Networks.Origin(0, null), none.origin("203.0.113.77"));
        }
        Path other = Repository.root().resolve("README.md");
        BadInput refused = assertThrows(BadInput.class, () -> Networks.of(List.of(other)));
        assertTrue(String.valueOf(refused.getMessage()).startsWith(other + " is no database"));
    }

    @Test
    void readsForwardedOfRfc7239() {
        Addresses addresses = new Addresses(List.of("10.0.0.0/8"), Addresses.ProxyHeader.FORWARDED);
        Request.Source headers =
                source(
                        Map.of(
                                "Forwarded",
                                "for=192.0.2.1, for=\"[2001:db8::17]:4711\";proto=https"));
        assertEquals(
                new Addresses.Origin(
                        "2001:db8:0:0:0:0:0:17", SourceKey.of("2001:db8:0:0:ffff::1"), true),
                addresses.origin(InetAddress.ofLiteral("10.1.1.1"), false, false, headers));
        assertThrows(
                BadInput.class,
                () -> new Addresses(List.of("10.0.0.0/33"), Addresses.ProxyHeader.FORWARDED));
        assertEquals("2001:db8:1:2::/64", Addresses.network("2001:db8:1:2:3:4:5:6"));
    }

    @Test
    void limitsASourceAndLetsItGoAgain() {
        RateLimit limit = new RateLimit(now::get, 2, 3);
        for (int i = 0; i < 3; i++) {
            limit.count("a");
        }
        Problem tooMany = assertThrows(Problem.class, () -> limit.count("a"));
        assertEquals(429, tooMany.status());
        assertEquals(1, tooMany.retryAfterSeconds());
        limit.count("b");
        now.set(now.get().plusMillis(500));
        limit.count("a");
        assertThrows(Problem.class, () -> limit.count("a"));
    }

    @Test
    void sealsForOnePurposeAlone(@TempDir Path folder) throws Exception {
        Path file = folder.resolve("master.key");
        KeyFile.write(file, KeyFile.fresh());
        Vault vault = Vault.of(KeyFile.read(file));
        byte[] sealed = vault.seal(ONE, "secret".getBytes(StandardCharsets.UTF_8));
        assertEquals(
                "secret",
                new String(vault.open(ONE, sealed).orElseThrow(), StandardCharsets.UTF_8));
        assertTrue(vault.open(OTHER, sealed).isEmpty());
        sealed[sealed.length - 1] ^= 1;
        assertTrue(vault.open(ONE, sealed).isEmpty());
        assertTrue(vault.open(ONE, new byte[3]).isEmpty());
        Vault again = Vault.of(KeyFile.read(file));
        assertEquals(Tokens.base64Url(vault.tag(ONE, "y")), Tokens.base64Url(again.tag(ONE, "y")));
    }

    @Test
    void aKeyFileIsWholeAndPrivateAndNeverReplaced(@TempDir Path folder) throws Exception {
        Path file = folder.resolve("master.key");
        byte[] key = KeyFile.fresh();
        KeyFile.write(file, key);
        assertEquals(
                "rw-------",
                java.nio.file.attribute.PosixFilePermissions.toString(
                        Files.getPosixFilePermissions(file)));
        assertFalse(KeyFile.isOpenToOthers(file));
        assertThrows(
                java.nio.file.FileAlreadyExistsException.class,
                () -> KeyFile.write(file, KeyFile.fresh()));
        assertTrue(KeyFile.holds(file, key));
        try (var files = Files.list(folder)) {
            assertEquals(1, files.count());
        }
        Files.setPosixFilePermissions(
                file, java.nio.file.attribute.PosixFilePermissions.fromString("rw-r--r--"));
        assertTrue(KeyFile.isOpenToOthers(file));
        String text = java.util.Base64.getEncoder().encodeToString(key);
        Files.writeString(file, text + "\n");
        assertTrue(KeyFile.holds(file, key));
        for (String wrong : List.of("", "12345", text.substring(1), "x".repeat(5000))) {
            Files.writeString(file, wrong);
            assertThrows(BadInput.class, () -> KeyFile.read(file), wrong);
            assertThrows(BadInput.class, () -> KeyFile.ofBase64(wrong, "MONBAN_MASTER_KEY"));
        }
    }

    /** As release 0.1.0 stored it: the subject is part of the key's name. */
    @Test
    void whatStrangersTypeIsTaggedAndNotRemembered() {
        Vault vault = Vault.of(new byte[32]);
        String account = "0193a6f0-0000-7000-8000-000000000001";
        assertEquals(
                "0M4D0Fj5QPUnLj1GdVaBxj6n4SJkBC_SRuqzAUiCetg",
                Tokens.base64Url(vault.tag(EACH, account, "abcd")));
        vault.tag(ONE, "y");
        int remembered = vault.rememberedKeys();
        for (int i = 0; i < 1_000; i++) {
            vault.tag(EACH, "\ufdfa".repeat(500) + i, "code");
        }
        assertEquals(remembered, vault.rememberedKeys());
        assertEquals(255, PlainText.nfkc("\ufdfa".repeat(10_000), 254).length());
        assertEquals("a", PlainText.nfkc("\uff41", 254));
    }

    @Test
    void idsAreInTheOrderOfTime() {
        Ids ids = new Ids(now::get);
        UUID first = ids.next();
        now.set(now.get().plusMillis(1));
        UUID second = ids.next();
        assertEquals(7, first.version());
        assertEquals(2, first.variant());
        assertTrue(first.toString().compareTo(second.toString()) < 0);
    }

    @ParameterizedTest
    @CsvSource({"a=%,percent", "a=%4,percent", "a=%zz,hexadecimal", "a=%ff,UTF-8", "a=%00,NUL"})
    void refusesWhatIsNotWellFormed(String encoded, String says) {
        var refused = assertThrows(Parameters.Malformed.class, () -> Parameters.parse(encoded));
        assertTrue(String.valueOf(refused.getMessage()).contains(says));
    }

    @Test
    void readsFormsAsBrowsersWriteThem() throws Exception {
        Parameters form = Parameters.parse("name=%E4%BD%90%E8%97%A4+%E7%B5%90%E8%A1%A3&b=&c&d=1=2");
        assertEquals("佐藤 結衣", form.text("name"));
        assertEquals("", form.text("b"));
        assertTrue(form.get("c").isPresent());
        assertEquals("1=2", form.text("d"));
        assertTrue(form.repeated().isEmpty());
        assertEquals("a", Parameters.parse("a=1&a=2").repeated().orElseThrow());
    }

    /** Parsed or refused, never anything else. */
    @FuzzTest(maxDuration = "2s")
    void parsesOrRefusesAnyForm(byte[] bytes) {
        try {
            Parameters.parse(new String(bytes, StandardCharsets.ISO_8859_1))
                    .asMap()
                    .forEach((name, values) -> assertFalse(values.isEmpty()));
        } catch (Parameters.Malformed e) {
            assertTrue(!String.valueOf(e.getMessage()).isEmpty());
        }
    }

    @Test
    void knowsTheLanguageOfAReader() {
        assertEquals(Language.EN, Language.ofAcceptLanguage("en-GB,ja;q=0.5"));
        assertEquals(Language.JA, Language.ofAcceptLanguage("fr, ja;q=0.1"));
        assertEquals(Language.JA, Language.ofAcceptLanguage(";;;q=x"));
        assertEquals(Language.JA, Language.ofAcceptLanguage(""));
        String hostile = "en-GB,x-" + "a,".repeat(15_000);
        assertEquals(Language.EN, Language.ofAcceptLanguage(hostile));
        assertEquals(Language.JA, Language.ofAcceptLanguage("a".repeat(31_000)));
        // What comes after the beginning is not read at all.
        assertEquals(Language.JA, Language.ofAcceptLanguage("fr,".repeat(100) + "en"));
    }

    @Test
    void aHeaderIsOneLine() {
        assertThrows(
                IllegalArgumentException.class,
                () -> Reply.empty(200).header("X-A", "b\r\nSet-Cookie: c=d"));
    }

    private static Request.Source source(Map<String, String> headers) {
        return new Request.Source() {
            @Override
            public List<String> headers(String name) {
                return headers.containsKey(name) ? List.of(headers.get(name)) : List.of();
            }

            @Override
            public byte[] body(int mostBytes) {
                return new byte[0];
            }
        };
    }
}
