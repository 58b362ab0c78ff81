package dev.monban.server.command;

import dev.monban.core.factor.Recovery;
import dev.monban.server.declare.State;
import dev.monban.server.declare.StateReader;
import dev.monban.server.demo.RelyingParty;
import dev.monban.server.notify.MailSettings;
import dev.monban.server.oidc.TokenSettings;
import dev.monban.server.password.Argon2Parameters;
import dev.monban.server.platform.Addresses;
import dev.monban.server.session.SessionSettings;
import java.io.IOException;
import java.io.InputStream;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** Everything on one machine, to look at: the gate, two tenants, two systems to sign in to. */
@Command(
        name = "demo",
        description = "Runs the gate with people and two systems to sign in to, on this machine.",
        mixinStandardHelpOptions = true)
final class DemoCommand implements Callable<Integer> {

    private static final int CONNECTIONS = 8;

    @Option(
            names = "--port",
            description =
                    "the gate's port (${DEFAULT-VALUE}); the two systems take the tenth and the"
                            + " eleventh after it")
    private int port = 8080;

    @Option(names = "--data", paramLabel = "DIR", description = "data folder (${DEFAULT-VALUE})")
    private Path data = Path.of("data", "demo");

    @Spec private @Nullable CommandSpec spec;

    @Override
    public Integer call() throws Exception {
        int crmPort = port + 10;
        int policiesPort = port + 11;
        State state = state(data, port, crmPort, policiesPort);
        try (Storage storage = Storage.open(StorageOptions.in(data), CONNECTIONS);
                Gate gate =
                        new Gate(
                                settings(data, port, port + 1000),
                                state,
                                storage.database(),
                                storage.vault(),
                                InstantSource.system())) {
            gate.open();
            String crm = "http://localhost:" + crmPort;
            String policies = "http://localhost:" + policiesPort;
            List<RelyingParty> systems =
                    List.of(
                            relyingParty(state, "crm", crmPort, policies),
                            relyingParty(state, "policies", policiesPort, crm));
            announce(state, gate, crm, policies);
            StartCommand.waitForTheEnd();
            systems.forEach(RelyingParty::close);
        }
        return 0;
    }

    /** The demo's own monban.yaml, written where it can be read, changed and tried. */
    static State state(Path data, int gatePort, int crmPort, int policiesPort) throws IOException {
        Files.createDirectories(data);
        Path file = data.resolve("monban.yaml");
        try (InputStream in = DemoCommand.class.getResourceAsStream("/demo/monban.yaml")) {
            if (in == null) {
                throw new IllegalStateException("the demo's state is in the jar");
            }
            String text =
                    new String(in.readAllBytes(), StandardCharsets.UTF_8)
                            .replace("${gate}", Integer.toString(gatePort))
                            .replace("${crm}", Integer.toString(crmPort))
                            .replace("${policies}", Integer.toString(policiesPort));
            // Each start declares anew, with the ports that it has.
            Files.writeString(file, "version: " + Instant.now().getEpochSecond() + "\n" + text);
        }
        return StateReader.read(file, name -> Optional.empty());
    }

    static GateSettings settings(Path data, int port, int managementPort) {
        return new GateSettings(
                "127.0.0.1",
                port,
                "127.0.0.1",
                managementPort,
                Optional.empty(),
                false,
                List.of(),
                Addresses.ProxyHeader.X_FORWARDED_FOR,
                Runtime.getRuntime().availableProcessors(),
                Argon2Parameters.DEFAULT,
                SessionSettings.DEFAULT,
                TokenSettings.DEFAULT,
                GateSettings.Rates.DEFAULT,
                Optional.of(new MailSettings.Folder("monban@localhost", data.resolve("mail"))),
                OptionalInt.empty(),
                List.of(),
                Optional.empty(),
                Optional.empty(),
                Recovery.Waits.DEFAULT);
    }

    private static RelyingParty relyingParty(State state, String id, int port, String other)
            throws Exception {
        State.Application client =
                state.clients().stream().filter(c -> c.id().equals(id)).findFirst().orElseThrow();
        return new RelyingParty(
                new RelyingParty.Settings(
                        state.issuer(),
                        id,
                        client.secrets().getFirst(),
                        client.name(),
                        port,
                        other));
    }

    private void announce(State state, Gate gate, String crm, String policies) {
        if (spec == null) {
            return;
        }
        PrintWriter out = spec.commandLine().getOut();
        out.println();
        out.println("Monban is open. Sign in at one system, then go to the other.");
        out.println();
        out.printf("  顧客管理  customers   %s%n", crm);
        out.printf("  契約照会  policies    %s%n", policies);
        out.printf("  アカウント account     %s/account%n", state.issuer());
        out.printf("  メンバー  members     %s/members%n", state.issuer());
        out.printf("  コンソール console     %s/console%n", state.issuer());
        out.printf("  サポート   desk        %s/desk%n", state.issuer());
        out.printf("  measures             http://localhost:%d/metrics%n", gate.managementPort());
        out.printf("  mail                 %s%n", data.resolve("mail"));
        out.println();
        for (State.Account account : state.accounts()) {
            out.printf(
                    "  %-30s %-14s %s%n",
                    account.identifier(), account.password().orElse(""), account.name());
        }
        out.println();
        out.printf(
                "Why cannot somebody sign in?  ./monban why sato@yamada.example --data %s%n", data);
        out.printf("Declared in %s. Ctrl-C ends everything.%n", data.resolve("monban.yaml"));
        out.flush();
    }
}
