package dev.monban.server.platform;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.net.InetAddress;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Supplier;
import java.util.logging.Handler;
import java.util.logging.LogRecord;
import java.util.logging.Logger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class UndeclaredProxiesTest {

    private static final Logger LOG = Logger.getLogger(UndeclaredProxies.class.getName());

    private final AtomicLong nanos = new AtomicLong();
    private final List<String> lines = new ArrayList<>();
    private final UndeclaredProxies proxies = new UndeclaredProxies(nanos::get);
    private final Addresses addresses =
            new Addresses(
                    List.of("192.168.7.0/24", "2001:db8:7::/48"),
                    Addresses.ProxyHeader.X_FORWARDED_FOR,
                    proxies);

    private final Handler listening =
            new Handler() {
                @Override
                public void publish(LogRecord line) {
                    lines.add(line.getMessage());
                }

                @Override
                public void flush() {}

                @Override
                public void close() {}
            };

    @BeforeEach
    void listen() {
        LOG.addHandler(listening);
        LOG.setUseParentHandlers(false);
    }

    @AfterEach
    void listenNoMore() {
        LOG.removeHandler(listening);
        LOG.setUseParentHandlers(true);
    }

    private Addresses.Origin origin(String peer, boolean http10, Map<String, String> headers) {
        return addresses.origin(
                InetAddress.ofLiteral(peer),
                false,
                http10,
                new Request.Source() {
                    @Override
                    public List<String> headers(String name) {
                        return headers.containsKey(name) ? List.of(headers.get(name)) : List.of();
                    }

                    @Override
                    public byte[] body(int mostBytes) {
                        return new byte[0];
                    }
                });
    }

    @ParameterizedTest(name = "{0} with {1}: {2}")
    @CsvSource(
            delimiter = '|',
            nullValues = "-",
            textBlock =
"""
# connection    | header           | value                   | counted as                              | shared
127.0.0.1       | -                | -                       | 127.0.0.1                               | false
127.0.0.1       | X-Forwarded-For  | 198.51.100.1, 192.0.2.7 | proxy 127.0.0.1 for 192.0.2.7           | true
::1             | X-Forwarded-For  | 2001:db8:1:2:3:4:5:6    | proxy 0:0:0:0::/64 for 2001:db8:1:2::/64 | true
10.1.2.3        | Forwarded        | for=192.0.2.7;proto=http | proxy 10.1.2.3 for 192.0.2.7           | true
172.16.0.1      | X-Real-IP        | 192.0.2.7               | proxy 172.16.0.1 for 192.0.2.7          | true
fd00::5         | X-Forwarded-For  | nonsense                | proxy fd00:0:0:0::/64                   | true
100.64.0.9      | X-Forwarded-Proto | https                  | proxy 100.64.0.9                        | true
100.128.0.9     | X-Forwarded-For  | 192.0.2.7               | 100.128.0.9                             | false
203.0.113.9     | X-Forwarded-For  | 192.0.2.7               | 203.0.113.9                             | false
192.168.7.1     | X-Forwarded-For  | 192.0.2.7               | 192.0.2.7                               | false
2001:db8:7::1   | X-Forwarded-For  | [2001:db8:9:8::7]:4711  | 2001:db8:9:8::/64                       | false
""")
    void aLocalPeerWithTheSignsOfAProxyIsSharedByMany(
            String peer, String header, String value, String key, boolean shared) {
        SourceKey source =
                origin(peer, false, header == null ? Map.of() : Map.of(header, value)).source();
        assertEquals(key, source.text());
        assertEquals(shared, source.isShared());
    }

    @Test
    void nginxAtItsDefaultsSendsNoHeaderAndSpeaksHttp10() {
        assertEquals("proxy 127.0.0.1", origin("127.0.0.1", true, Map.of()).source().text());
        assertEquals("203.0.113.9", origin("203.0.113.9", true, Map.of()).source().text());
    }

    @Test
    void eachPeerIsNamedOnceAnHourWithTheOptionThatMendsIt() {
        for (int i = 0; i < 100; i++) {
            origin("10.0.0.1", false, Map.of("X-Forwarded-For", "192.0.2." + i));
        }
        assertEquals(1, lines.size());
        assertTrue(lines.getFirst().startsWith("X-Forwarded-For from 10.0.0.1 is not believed"));
        assertTrue(lines.getFirst().contains("--trusted-proxy 10.0.0.1;"), lines.getFirst());
        assertEquals(100, addresses.undeclaredRequests());
        nanos.addAndGet(Duration.ofMinutes(61).toNanos());
        origin("10.0.0.1", false, Map.of("X-Forwarded-For", "192.0.2.1"));
        assertEquals(2, lines.size());
    }

    @Test
    void strangersFillNeitherTheLogNorTheTable() {
        for (int i = 0; i < 1_000; i++) {
            origin("203.0." + i / 250 + "." + i % 250, false, Map.of("Forwarded", "for=_x"));
        }
        assertEquals(UndeclaredProxies.MAX_PUBLIC, lines.size());
        for (int i = 0; i < 1_000; i++) {
            origin("10.0." + i / 250 + "." + i % 250, false, Map.of("Forwarded", "for=_x"));
        }
        assertEquals(
                UndeclaredProxies.MAX_PUBLIC + UndeclaredProxies.MAX_LOCAL,
                lines.size(),
                "strangers keep no local proxy from being named");
    }

    @Test
    void whoInventsClientsIsBoundedByTheProxyAsAWhole() {
        RateLimit limit = new RateLimit(() -> Instant.EPOCH, 1, 3);
        int let = 0;
        for (int i = 0; i < 500; i++) {
            SourceKey invented =
                    origin(
                                    "10.0.0.1",
                                    false,
                                    Map.of("X-Forwarded-For", "10.9." + i / 250 + "." + i % 250))
                            .source();
            try {
                limit.count(invented);
                let++;
            } catch (Problem tooMany) {
                assertEquals(429, tooMany.status());
            }
        }
        assertEquals(3 * RateLimit.SOURCES_OF_PROXY, let);
        limit.count(SourceKey.of("10.0.0.2"));
        InWork inWork = new InWork(4);
        assertEquals(6, depth(inWork, 0));
    }

    @Test
    void oneClientBehindTheProxyTakesNothingFromTheOthers() {
        RateLimit limit = new RateLimit(() -> Instant.EPOCH, 1, 3);
        SourceKey flood =
                origin("10.0.0.1", false, Map.of("X-Forwarded-For", "192.0.2.66")).source();
        SourceKey office =
                origin("10.0.0.1", false, Map.of("X-Forwarded-For", "192.0.2.7")).source();
        for (int i = 0; i < 1_000; i++) {
            try {
                limit.count(flood);
            } catch (Problem tooMany) {
                assertEquals(429, tooMany.status());
            }
        }
        assertThrows(Problem.class, () -> limit.count(flood));
        limit.count(office);
    }

    /** How many of invented clients are in work at once. */
    private int depth(InWork inWork, int depth) {
        SourceKey invented =
                origin("10.0.0.1", false, Map.of("X-Forwarded-For", "10.9.9." + depth)).source();
        Supplier<Integer> deeper = () -> depth(inWork, depth + 1);
        try {
            return inWork.within(invented, deeper);
        } catch (Problem full) {
            return depth;
        }
    }
}
