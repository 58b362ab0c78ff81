package dev.monban.acceptance;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** A Spring Boot application that signs in at a gate; acceptance/clients/spring/build makes it. */
final class SpringProcess implements AutoCloseable {

    /** Under load, with two of them at once. */
    private static final long READY_WITHIN_SECONDS = 120;

    private final int port;
    private final Path log;
    private final Process process;

    private SpringProcess(int port, Path log, Process process) {
        this.port = port;
        this.log = log;
        this.process = process;
    }

    /**
     * Starts it, without waiting.
     *
     * @param secrets the secret of each registration; its client at the gate has the same name with
     *     the prefix. An empty one proves itself by the assertion key
     */
    static SpringProcess start(
            String version, int port, String issuer, String prefix, Map<String, String> secrets)
            throws IOException {
        Path made = GateProcess.repository().resolve("acceptance/clients/spring/target/" + version);
        if (!Files.exists(made.resolve("complete"))) {
            throw new IllegalStateException("not built: run acceptance/clients/spring/build");
        }
        List<String> command =
                new ArrayList<>(
                        List.of(
                                Path.of(System.getProperty("java.home"), "bin/java").toString(),
                                "-Xmx96m",
                                "-XX:+UseSerialGC",
                                "-XX:TieredStopAtLevel=1",
                                "-Xshare:auto",
                                "-cp",
                                made.resolve("classes") + ":" + made.resolve("lib") + "/*",
                                "dev.monban.acceptance.spring.SpringApp",
                                "--server.port=" + port,
                                "--server.address=127.0.0.1",
                                "--spring.main.banner-mode=off"));
        String client = "--spring.security.oauth2.client.";
        command.add(client + "provider.monban.issuer-uri=" + issuer);
        secrets.forEach((name, secret) -> {
            String registration = client + "registration." + name + ".";
            command.add(registration + "provider=monban");
            command.add(registration + "client-id=" + prefix + name);
            command.add(registration + "scope=openid,profile,email");
            command.add(
                    secret.isEmpty()
                            ? registration + "client-authentication-method=private_key_jwt"
                            : registration + "client-secret=" + secret);
        });
        Path log = Files.createTempFile("monban-spring", ".log");
        ProcessBuilder builder =
                new ProcessBuilder(command).redirectErrorStream(true).redirectOutput(log.toFile());
        builder.environment().put("ASSERTION_KEY", Keys.assertion().toJSONString());
        return new SpringProcess(port, log, builder.start());
    }

    void awaitReady() {
        Operators.await(
                () -> {
                    if (!process.isAlive()) {
                        throw new IllegalStateException("it does not start:\n" + said());
                    }
                    return said().contains("Started SpringApp");
                },
                READY_WITHIN_SECONDS);
    }

    String address(String path) {
        return "http://localhost:" + port + path;
    }

    String said() {
        try {
            return Files.readString(log);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Override
    public void close() {
        process.destroyForcibly().onExit().join();
        try {
            Files.delete(log);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
