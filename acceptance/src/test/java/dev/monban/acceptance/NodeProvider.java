package dev.monban.acceptance;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** An OpenID Provider of a library by others, for one organisation an algorithm. */
final class NodeProvider implements AutoCloseable {

    static final String PASSWORD = "kirin-to-neko-no-hon-2026";

    private static final String SECRET = "tsuru wa sennen, kame wa mannen: +%&";

    private final boolean claims;
    private final List<String> algorithms;
    private final int port;
    private final Path log;
    private @Nullable Process process;

    /**
     * @param claims whether it puts into the ID token what it is asked to; otherwise the user info
     *     alone has it
     * @param algorithms of ID tokens, one for each client
     */
    NodeProvider(boolean claims, String... algorithms) throws IOException {
        this.claims = claims;
        this.algorithms = List.of(algorithms);
        this.port = GateProcess.freePort();
        this.log = Files.createTempFile("monban-provider", ".log");
    }

    String issuer() {
        return "http://127.0.0.1:" + port;
    }

    boolean serves(String algorithm) {
        return algorithms.contains(algorithm);
    }

    /** The organisations that sign in here, as a gate's state declares them. */
    String tenants() {
        return each(
                "  - {id: LOWER, name: LOWER 保険, identityProvider: {issuer: \"%s\", clientId: UPPER, secret: {plain: \"%s\"}, domains: [LOWER.example]}}\n"
                        .formatted(issuer(), SECRET));
    }

    String accounts() {
        return each(
                "  - {identifier: sato@LOWER.example, tenant: LOWER, name: 佐藤 花子, password: {plain: %s}}\n"
                        .formatted(PASSWORD));
    }

    private String each(String one) {
        return algorithms.stream()
                .map(a -> one.replace("LOWER", a.toLowerCase(Locale.ROOT)).replace("UPPER", a))
                .collect(Collectors.joining());
    }

    /** Starts it, for this relying party. */
    void start(GateProcess gate) throws IOException {
        Path npm = GateProcess.repository().resolve("acceptance/npm");
        ProcessBuilder builder =
                new ProcessBuilder("node", npm.resolve("provider.mjs").toString())
                        .directory(npm.toFile())
                        .redirectErrorStream(true)
                        .redirectOutput(log.toFile());
        builder.environment().put("ISSUER", issuer());
        builder.environment().put("ALGORITHMS", String.join(" ", algorithms));
        builder.environment().put("SECRET", SECRET);
        builder.environment().put("BACK", gate.issuer() + "/login/organisation/back");
        builder.environment().put("CLAIMS", Boolean.toString(claims));
        Process started = builder.start();
        process = started;
        Operators.await(() -> {
            if (!started.isAlive()) {
                throw new IllegalStateException("it does not start:\n" + said());
            }
            return said().lines().anyMatch("ready"::equals);
        });
    }

    /** Whom it had to ask, and why, from the first time on. */
    List<String> asked(String name) {
        String start = "asked " + name + " ";
        return said().lines()
                .filter(l -> l.startsWith(start))
                .map(l -> l.substring(start.length()))
                .toList();
    }

    private String said() {
        try {
            return Files.readString(log);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Override
    public void close() {
        if (process != null) {
            process.destroy();
        }
        try {
            Files.delete(log);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
