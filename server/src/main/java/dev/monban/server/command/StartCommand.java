package dev.monban.server.command;

import dev.monban.core.factor.Recovery;
import dev.monban.server.declare.State;
import dev.monban.server.declare.StateReader;
import dev.monban.server.oidc.TokenSettings;
import dev.monban.server.password.Argon2Parameters;
import dev.monban.server.platform.Addresses;
import dev.monban.server.platform.BadInput;
import dev.monban.server.platform.HttpServer;
import dev.monban.server.session.SessionSettings;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import java.util.logging.Logger;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** Runs the gate until it is told to stop. */
@Command(
        name = "start",
        description = "Runs the gate.",
        mixinStandardHelpOptions = true,
        sortOptions = false)
final class StartCommand implements Callable<Integer> {

    private static final Logger LOG = Logger.getLogger(StartCommand.class.getName());

    /** A machine that is to go down waits no longer than this. */
    private static final Duration MAX_DRAIN = Duration.ofMinutes(10);

    @Option(
            names = "--config",
            required = true,
            paramLabel = "FILE",
            description = "the declared state, such as monban.yaml")
    private Path config = Path.of("monban.yaml");

    @Mixin private StorageOptions storageOptions = new StorageOptions();

    @Option(names = "--host", description = "address to listen on (${DEFAULT-VALUE})")
    private String host = "127.0.0.1";

    @Option(names = "--port", description = "port to listen on (${DEFAULT-VALUE})")
    private int port = 8080;

    @Option(names = "--management-host", description = "for health and metrics (${DEFAULT-VALUE})")
    private String managementHost = "127.0.0.1";

    @Option(names = "--management-port", description = "for health and metrics (${DEFAULT-VALUE})")
    private int managementPort = 9090;

    @Option(
            names = "--database-connections",
            paramLabel = "N",
            description = "connections at most (${DEFAULT-VALUE})")
    private int connections = 16;

    @Option(
            names = "--tls-certificate",
            paramLabel = "PEM",
            description = "certificate chain; plain HTTP behind a proxy unless given")
    private @Nullable Path certificate;

    @Option(names = "--tls-key", paramLabel = "PEM", description = "its private key, PKCS#8")
    private @Nullable Path key;

    @Option(
            names = "--hsts-subdomains",
            description =
                    "has browsers use TLS alone for all names below the issuer's host, too"
                            + " (HSTS includeSubDomains)")
    private boolean hstsSubdomains;

    @Option(
            names = "--trusted-proxy",
            paramLabel = "NETWORK",
            description = "whose Forwarded and X-Forwarded-* are believed, such as 10.0.0.0/8")
    private List<String> trustedProxies = List.of();

    @Option(
            names = "--proxy-header",
            description =
                    "where they write the client's address: ${COMPLETION-CANDIDATES}"
                            + " (${DEFAULT-VALUE})")
    private Addresses.ProxyHeader proxyHeader = Addresses.ProxyHeader.X_FORWARDED_FOR;

    @Option(
            names = "--argon2",
            paramLabel = "KIB,PASSES",
            description = "cost of a password hash (19456,2)")
    private @Nullable String argon2;

    @Option(
            names = "--source-rate",
            paramLabel = "N",
            description = "times a second that one address may do what costs (50)")
    private int sourceRate = GateSettings.Rates.DEFAULT.signInsPerSecond();

    @Option(
            names = "--accounts",
            paramLabel = "N",
            description =
                    "about how many accounts the watch remembers well, up to 10000000; half as many"
                            + " again as there are, unless given (heap: docs/watch.md)")
    private @Nullable Integer watchedAccounts;

    @Option(
            names = "--networks",
            paramLabel = "MMDB",
            description =
                    "tells network and country of addresses, such as GeoLite2-ASN.mmdb; repeat for"
                            + " more")
    private List<Path> networks = List.of();

    @Option(
            names = "--blocked-passwords",
            paramLabel = "FILE",
            description = "more passwords that nobody may choose, one a line")
    private @Nullable Path blockedPasswords;

    @Option(
            names = "--breached-passwords",
            paramLabel = "URL",
            description =
                    "where new passwords are looked up by the first five digits of their SHA-1,"
                            + " such as https://api.pwnedpasswords.com/range/; nowhere unless"
                            + " given")
    private @Nullable String breachedPasswords;

    @Option(
            names = "--recovery-waits",
            paramLabel = "ALONE,TOGETHER",
            description =
                    "how long somebody who has lost every factor waits where one administrator lets"
                            + " them back in, and where two do, such as 24h,1h (the default); in"
                            + " s, m or h")
    private @Nullable String recoveryWaits;

    @Option(
            names = "--drain",
            paramLabel = "TIME",
            description =
                    "how long the gate goes on serving after it was told to stop and readiness says"
                            + " so, for load balancers to notice, such as 15s (0s)")
    private Duration drain = Duration.ZERO;

    @Spec private @Nullable CommandSpec spec;

    @Override
    public Integer call() throws Exception {
        Set<String> named = new HashSet<>();
        State state =
                StateReader.read(
                        config,
                        name -> {
                            named.add(name);
                            return Optional.ofNullable(System.getenv(name));
                        });
        if (spec != null) {
            storageOptions.environment().refuseUnknown(spec.root().commandLine(), named);
        }
        if (drain.compareTo(MAX_DRAIN) > 0) {
            throw new BadInput("--drain: at most " + MAX_DRAIN.toMinutes() + "m");
        }
        GateSettings settings = settings(state);
        try (Storage storage = Storage.open(storageOptions, connections);
                Gate gate =
                        new Gate(
                                settings,
                                state,
                                storage.database(),
                                storage.vault(),
                                InstantSource.system())) {
            gate.open();
            announce(state, gate);
            waitForTheEnd();
            LOG.info("stopping");
            gate.drain(drain);
        }
        LOG.info("stopped");
        return 0;
    }

    private void announce(State state, Gate gate) {
        if (spec == null) {
            return;
        }
        PrintWriter out = spec.commandLine().getOut();
        var changes = gate.changes();
        if (changes.older().isPresent()) {
            out.println(changes.older().get());
        } else {
            out.printf(
                    "applied %s: %d tenants, %d accounts, %d clients changed%n",
                    config, changes.tenants(), changes.accounts(), changes.clients());
        }
        out.printf(
                "ready: %s on port %d, management on port %d%n",
                state.issuer(), gate.port(), gate.managementPort());
        out.flush();
    }

    private GateSettings settings(State state) {
        if ((certificate == null) != (key == null)) {
            throw new BadInput("--tls-certificate and --tls-key go together");
        }
        return new GateSettings(
                host,
                port,
                managementHost,
                managementPort,
                certificate == null || key == null
                        ? Optional.empty()
                        : Optional.of(new HttpServer.Certificate(certificate, key)),
                hstsSubdomains,
                trustedProxies,
                proxyHeader,
                Runtime.getRuntime().availableProcessors(),
                argon2 == null ? Argon2Parameters.DEFAULT : parameters(argon2),
                SessionSettings.DEFAULT,
                TokenSettings.DEFAULT,
                rates(),
                state.mail(),
                watchedAccounts == null
                        ? OptionalInt.empty()
                        : OptionalInt.of(WatchMemory.ofThisProcess().asked(watchedAccounts)),
                networks,
                Optional.ofNullable(blockedPasswords),
                Optional.ofNullable(breachedPasswords),
                recovery(Optional.ofNullable(recoveryWaits)));
    }

    /** The two waits, as they are written. */
    static Recovery.Waits recovery(Optional<String> written) {
        if (written.isEmpty()) {
            return Recovery.Waits.DEFAULT;
        }
        Matcher waits = Pattern.compile("(\\d{1,5}[smh]),(\\d{1,5}[smh])").matcher(written.get());
        try {
            if (waits.matches()) {
                return new Recovery.Waits(wait(waits.group(1)), wait(waits.group(2)));
            }
        } catch (IllegalArgumentException e) {
            throw new BadInput("--recovery-waits: " + e.getMessage());
        }
        throw new BadInput("--recovery-waits: two waits such as 24h,1h");
    }

    private static Duration wait(String text) {
        return Duration.parse("PT" + text);
    }

    private GateSettings.Rates rates() {
        GateSettings.Rates usual = GateSettings.Rates.DEFAULT;
        if (sourceRate < 1 || sourceRate > 1_000_000) {
            throw new BadInput("--source-rate: from 1 to 1000000");
        }
        int factor = Math.max(1, sourceRate / usual.signInsPerSecond());
        return new GateSettings.Rates(
                sourceRate,
                usual.pagesPerSecond() * factor,
                usual.requestsPerSecond() * factor,
                usual.failuresPerSecond() * factor,
                usual.burstSeconds());
    }

    private static Argon2Parameters parameters(String text) {
        String[] parts = text.split(",", 2);
        try {
            return new Argon2Parameters(
                    Integer.parseInt(parts[0]), Integer.parseInt(parts[parts.length - 1]), 1);
        } catch (IllegalArgumentException e) {
            throw new BadInput("--argon2: write KiB and passes, such as 19456,2");
        }
    }

    /** Until the process is told to end; then the main thread closes all in order. */
    static void waitForTheEnd() throws InterruptedException {
        CountDownLatch told = new CountDownLatch(1);
        Thread main = Thread.currentThread();
        Runtime.getRuntime()
                .addShutdownHook(
                        new Thread(
                                () -> {
                                    told.countDown();
                                    try {
                                        main.join();
                                    } catch (InterruptedException e) {
                                        Thread.currentThread().interrupt();
                                    }
                                },
                                "stop"));
        told.await();
    }
}
