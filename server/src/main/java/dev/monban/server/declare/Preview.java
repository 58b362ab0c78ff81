package dev.monban.server.declare;

import dev.monban.server.declare.store.AppliedStateStore;
import dev.monban.server.oidc.DeclaredClients;
import dev.monban.server.platform.Database;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;

/** What would become of a declared state if a gate were started with it; nothing is changed. */
public final class Preview {

    private Preview() {}

    /** In words, a line each. */
    public static List<String> of(State state, Database database) {
        return database.query(connection -> {
            List<String> lines = new ArrayList<>();
            Optional<Precedence.Applied> inForce = AppliedStateStore.inForce(connection);
            lines.add("in force: " + inForce.map(Precedence.Applied::inWords).orElse("nothing"));
            int version = state.options().version();
            int other = inForce.map(Precedence.Applied::version).orElse(0);
            if (version < other) {
                lines.add("this file would not be applied; raise its version above " + other);
                return lines;
            }
            if (version == other && version > 0) {
                lines.add(
                        "this file has the version in force: it is refused unless its organisations,"
                                + " accounts and clients are the same; raise its version otherwise");
            }
            List<String> removed =
                    DeclaredClients.undeclared(
                            connection,
                            state.clients().stream()
                                    .map(State.Application::id)
                                    .collect(Collectors.toSet()));
            lines.add(
                    removed.isEmpty()
                            ? "no client would be removed"
                            : "clients that would be removed, with all that they were granted: "
                                    + String.join(", ", removed));
            return lines;
        });
    }
}
