package dev.monban.server.command;

import dev.monban.server.demo.RelyingParty;
import dev.monban.server.platform.outgoing.Answer;
import dev.monban.server.platform.outgoing.Destinations;
import dev.monban.server.platform.outgoing.Limits;
import dev.monban.server.platform.outgoing.OutgoingCalls;
import dev.monban.server.platform.outgoing.Purpose;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
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
    private static final Limits LIMITS =
            new Limits(Duration.ofMinutes(1), Duration.ofMinutes(1), 4 * 1024 * 1024, 1);
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
                                InstantSource.system());
                OutgoingCalls calls =
                        new OutgoingCalls(Destinations.allowing(List.of("localhost")))) {
            gate.open();
            OutgoingCalls.Caller own = calls.caller(Purpose.OWN_GATE, LIMITS);
            for (String path : PATHS) {
                Answer answer =
                        own.get("rehearsal", URI.create("http://localhost:" + gate.port() + path));
                if (answer.status() >= 500) {
                    throw new IllegalStateException(path + " answers " + answer.status());
                }
            }
            // The demonstration's own systems are to start quickly too.
            Class.forName(RelyingParty.class.getName());
        }
        return 0;
    }
}
