package dev.monban.server.platform.postgres;

import dev.monban.server.platform.BadInput;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/**
 * What to put before PostgreSQL's programs. They refuse to run as root; started by root they get a
 * user namespace or the rights of nobody.
 *
 * @param prefix the words before the program; empty for an ordinary user
 * @param owner the user id that the database's files belong to; negative for the present one
 */
record Privileges(List<String> prefix, int owner) {

    private static final int NOBODY = 65534;
    private static final List<String> NAMESPACE = List.of("unshare", "--user");

    /**
     * Where a container forbids user namespaces: nobody, with the one right that opens folders
     * below root's own. Without {@code no_setuid_fixup}, access(2) would not see that right.
     */
    private static final List<String> AS_NOBODY =
            List.of(
                    "setpriv",
                    "--reuid=" + NOBODY,
                    "--regid=" + NOBODY,
                    "--clear-groups",
                    "--securebits=+no_setuid_fixup",
                    "--inh-caps=-all,+dac_override",
                    "--ambient-caps=-all,+dac_override",
                    "--bounding-set=-all,+dac_override");

    static Privileges find() throws IOException, InterruptedException {
        if (!Integer.valueOf(0).equals(Files.getAttribute(Path.of("/proc/self"), "unix:uid"))) {
            return new Privileges(List.of(), -1);
        }
        if (works(NAMESPACE)) {
            return new Privileges(NAMESPACE, 0);
        }
        if (works(AS_NOBODY)) {
            return new Privileges(AS_NOBODY, NOBODY);
        }
        throw new BadInput(
                "the embedded PostgreSQL does not run as root, and this container lets it become"
                        + " nobody else; start Monban as an ordinary user, or give --database");
    }

    /** Makes the files belong to whom PostgreSQL will run as. */
    void own(Path cluster) throws IOException, InterruptedException {
        if (owner < 0
                || !Files.isDirectory(cluster)
                || Integer.valueOf(owner).equals(Files.getAttribute(cluster, "unix:uid"))) {
            return;
        }
        if (!run(List.of("chown", "-R", owner + ":" + owner, cluster.toString()))) {
            throw new BadInput(cluster + " cannot be given to user " + owner);
        }
    }

    /** Whether a program can be run behind these words. */
    static boolean works(List<String> prefix) throws InterruptedException {
        List<String> command = new ArrayList<>(prefix);
        command.add("true");
        return run(command);
    }

    private static boolean run(List<String> command) throws InterruptedException {
        try {
            Process process =
                    new ProcessBuilder(command)
                            .redirectErrorStream(true)
                            .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                            .start();
            return process.waitFor(60, TimeUnit.SECONDS) && process.exitValue() == 0;
        } catch (IOException e) {
            return false;
        }
    }
}
