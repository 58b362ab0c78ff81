package dev.monban.acceptance;

import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** A proxy of Debian in front of a gate, with a configuration that {@code docs/deploy.md} shows. */
final class ProxyProcess implements AutoCloseable {

    private static final long READY_WITHIN_SECONDS = 30;

    private final Process process;
    private final Path log;

    private ProxyProcess(Path log, int port, List<String> command)
            throws IOException, InterruptedException {
        this.log = log;
        this.process =
                new ProcessBuilder(command)
                        .redirectErrorStream(true)
                        .redirectOutput(log.toFile())
                        .start();
        awaitPort(port);
    }

    /**
     * Takes a configuration out of the document, and puts the test's own ports and files in the
     * places of the document's.
     *
     * @param language of the block in the document
     */
    static String documented(String language, int port, GateProcess gate, SelfSigned identity)
            throws IOException {
        String document =
                Files.readString(GateProcess.repository().resolve("docs").resolve("deploy.md"));
        Matcher block =
                Pattern.compile("```" + language + "\n(.*?)\n```", Pattern.DOTALL)
                        .matcher(document);
        if (!block.find()) {
            throw new AssertionError("docs/deploy.md shows no configuration for " + language);
        }
        String text = replaced(block.group(1), "127.0.0.1:8080", "127.0.0.1:" + gate.port());
        text =
                text.replace("check port 9090", "check inter 500ms port " + gate.managementPort())
                        .replace("listen 443 ssl", "listen 127.0.0.1:" + port + " ssl")
                        .replace("*:443", "127.0.0.1:" + port)
                        .replace("bind :443", "bind 127.0.0.1:" + port)
                        .replace("/etc/ssl/monban/chain.pem", identity.chain().toString())
                        .replace("/etc/ssl/monban/key.pem", identity.key().toString());
        if (text.contains("both.pem")) {
            Path both = identity.chain().resolveSibling("both.pem");
            Files.writeString(
                    both, Files.readString(identity.chain()) + Files.readString(identity.key()));
            text = replaced(text, "/etc/ssl/monban/both.pem", both.toString());
        }
        if (text.contains("443") && !Integer.toString(port).contains("443")) {
            throw new AssertionError("the test does not know this port: " + text);
        }
        return text;
    }

    private static String replaced(String text, String from, String to) {
        if (!text.contains(from)) {
            throw new AssertionError("'" + from + "' is not in " + text);
        }
        return text.replace(from, to);
    }

    /**
     * Debian's nginx with a server of its own.
     *
     * @param server the server's block
     */
    static ProxyProcess nginx(Path folder, int port, String server) throws Exception {
        StringBuilder text = new StringBuilder();
        text.append("daemon off;\npid ").append(folder.resolve("nginx.pid"));
        text.append(";\nerror_log stderr;\nworker_processes 1;\nevents {}\nhttp {\n");
        text.append("access_log off;\n");
        for (String kind : List.of("client_body", "proxy", "fastcgi", "uwsgi", "scgi")) {
            text.append(kind).append("_temp_path ").append(folder.resolve(kind)).append(";\n");
        }
        text.append(server).append("\n}\n");
        Path file = Files.writeString(folder.resolve("nginx.conf"), text);
        return start(folder, port, "/usr/sbin/nginx", "-e", "stderr", "-c", file.toString());
    }

    /**
     * Debian's Apache with a host of its own.
     *
     * @param host the host's block
     */
    static ProxyProcess apache(Path folder, int port, String host) throws Exception {
        StringBuilder text = new StringBuilder("ServerRoot " + folder + "\n");
        for (String module :
                Arrays.asList(
                        "mpm_event",
                        "authz_core",
                        "headers",
                        "proxy",
                        "proxy_http",
                        "socache_shmcb",
                        "ssl")) {
            text.append("LoadModule ")
                    .append(module)
                    .append("_module /usr/lib/apache2/modules/mod_");
            text.append(module).append(".so\n");
        }
        text.append("Listen 127.0.0.1:").append(port).append("\nPidFile ");
        text.append(folder.resolve("apache.pid")).append("\nErrorLog /dev/stderr\n");
        text.append("DefaultRuntimeDir ").append(folder).append("\nUser www-data\n");
        text.append("Group www-data\nServerName localhost\n").append(host).append('\n');
        Path file = Files.writeString(folder.resolve("apache.conf"), text);
        return start(folder, port, "/usr/sbin/apache2", "-D", "FOREGROUND", "-f", file.toString());
    }

    /** Debian's HAProxy. */
    static ProxyProcess haproxy(Path folder, int port, String text) throws Exception {
        Path file = Files.writeString(folder.resolve("haproxy.cfg"), text + "\n");
        return start(folder, port, "/usr/sbin/haproxy", "-db", "-f", file.toString());
    }

    private static ProxyProcess start(Path folder, int port, String... command) throws Exception {
        Path program = Path.of(command[0]);
        return new ProxyProcess(
                folder.resolve(program.getFileName() + ".log"), port, List.of(command));
    }

    private void awaitPort(int port) throws IOException, InterruptedException {
        long until = System.nanoTime() + TimeUnit.SECONDS.toNanos(READY_WITHIN_SECONDS);
        while (true) {
            try (Socket open = new Socket(InetAddress.getLoopbackAddress(), port)) {
                if (open.isConnected()) {
                    return;
                }
            } catch (IOException notYet) {
                if (!process.isAlive() || System.nanoTime() > until) {
                    close();
                    throw new IllegalStateException(
                            "the proxy does not start:\n" + Files.readString(log), notYet);
                }
                TimeUnit.MILLISECONDS.sleep(20);
            }
        }
    }

    @Override
    public void close() {
        process.destroy();
        try {
            if (!process.waitFor(20, TimeUnit.SECONDS)) {
                process.destroyForcibly().waitFor();
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    boolean runs() {
        return process.isAlive();
    }
}
