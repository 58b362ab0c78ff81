package dev.monban.acceptance;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** Debian's Apache with mod_auth_openidc before a page that tells who came. */
final class ApacheProcess implements AutoCloseable {

    private static final String CONFIGURATION =
            """
            ServerRoot FOLDER
            ServerName localhost
            PidFile FOLDER/pid
            Listen 127.0.0.1:PORT
            LoadModule mpm_event_module /usr/lib/apache2/modules/mod_mpm_event.so
            LoadModule authn_core_module /usr/lib/apache2/modules/mod_authn_core.so
            LoadModule authz_core_module /usr/lib/apache2/modules/mod_authz_core.so
            LoadModule authz_user_module /usr/lib/apache2/modules/mod_authz_user.so
            LoadModule headers_module /usr/lib/apache2/modules/mod_headers.so
            LoadModule auth_openidc_module /usr/lib/apache2/modules/mod_auth_openidc.so
            User www-data
            Group www-data
            StartServers 1
            ErrorLog FOLDER/error.log
            LogLevel warn
            DocumentRoot FOLDER/site
            OIDCProviderMetadataURL ISSUER/.well-known/openid-configuration
            OIDCClientID CLIENT
            OIDCClientSecret "SECRET"
            OIDCRedirectURI http://localhost:PORT/app/callback
            OIDCCryptoPassphrase "only for this test, and long enough"
            OIDCScope "openid profile email"
            MORE
            OIDCRemoteUserClaim preferred_username
            <Location /app>
              AuthType openid-connect
              Require valid-user
              Header set X-Signed-In "expr=%{REMOTE_USER}"
            </Location>
            """;

    private final Path folder;
    private final int port;
    private final Process process;

    private ApacheProcess(Path folder, int port, Process process) {
        this.folder = folder;
        this.port = port;
        this.process = process;
    }

    /** Starts it, and waits until it listens. */
    static ApacheProcess start(int port, String issuer, String client, String secret, String more)
            throws IOException {
        Path folder = Files.createTempDirectory("monban-apache");
        Files.setPosixFilePermissions(folder, PosixFilePermissions.fromString("rwxr-xr-x"));
        Path site = Files.createDirectories(folder.resolve("site/app"));
        Files.writeString(site.resolve("page.txt"), "behind the gate\n");
        Path configuration = folder.resolve("apache.conf");
        Files.writeString(
                configuration,
                CONFIGURATION
                        .replace("FOLDER", folder.toString())
                        .replace("PORT", Integer.toString(port))
                        .replace("ISSUER", issuer)
                        .replace("CLIENT", client)
                        .replace("MORE", more)
                        .replace("SECRET", secret));
        Process process =
                new ProcessBuilder(
                                "/usr/sbin/apache2",
                                "-D",
                                "FOREGROUND",
                                "-f",
                                configuration.toString())
                        .redirectErrorStream(true)
                        .redirectOutput(folder.resolve("out.log").toFile())
                        .start();
        ApacheProcess started = new ApacheProcess(folder, port, process);
        Operators.await(() -> {
            if (!process.isAlive()) {
                throw new IllegalStateException("it does not start:\n" + started.said());
            }
            return Files.exists(folder.resolve("pid"));
        });
        return started;
    }

    String address(String path) {
        return "http://localhost:" + port + path;
    }

    /** What it logged. */
    String said() {
        StringBuilder said = new StringBuilder();
        for (String name : List.of("out.log", "error.log")) {
            try {
                if (Files.exists(folder.resolve(name))) {
                    said.append(Files.readString(folder.resolve(name)));
                }
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }
        return said.toString();
    }

    @Override
    public void close() {
        process.destroy();
        try {
            if (!process.waitFor(10, TimeUnit.SECONDS)) {
                process.destroyForcibly();
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
