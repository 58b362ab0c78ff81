package dev.monban.server.command;

import dev.monban.server.demo.RelyingParty;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/**
 * Opens the gate once on free ports, looks at a few pages and ends: what the launcher lets the JVM
 * watch, so that later starts are quick.
 */
@Command(name = "rehearse", hidden = true)
final class RehearseCommand implements Callable<Integer> {

    private static final int CONNECTIONS = 4;
    private static final List<String> PATHS =
            List.of("/.well-known/openid-configuration", "/jwks", "/login", "/account", "/nothing");

    @Option(names = "--data", required = true, description = "an empty folder")
    private Path data = Path.of("data");

    @Override
    public Integer call() throws Exception {
        var state = DemoCommand.state(data, 0, 1, 2);
        try (Storage storage = Storage.open(StorageOptions.in(data), CONNECTIONS);
                Gate gate =
                        new Gate(
                                DemoCommand.settings(data, 0, 0),
                                state,
                                storage.database(),
                                storage.vault(),
                                InstantSource.system())) {
            gate.open();
            HttpClient http = HttpClient.newHttpClient();
            for (String path : PATHS) {
                HttpResponse<Void> answer =
                        http.send(
                                HttpRequest.newBuilder(
                                                URI.create(
                                                        "http://localhost:" + gate.port() + path))
                                        .build(),
                                HttpResponse.BodyHandlers.discarding());
                if (answer.statusCode() >= 500) {
                    throw new IllegalStateException(path + " answers " + answer.statusCode());
                }
            }
            // The demonstration's own systems are to start quickly too.
            Class.forName(RelyingParty.class.getName());
        }
        return 0;
    }
}
