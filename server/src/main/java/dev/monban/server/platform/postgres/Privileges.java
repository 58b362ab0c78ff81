package dev.monban.server.platform.postgres;

import dev.monban.server.platform.BadInput;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;

/**
 * As which user PostgreSQL runs. Its programs refuse to run as root, and what they do should not be
 * able to touch more than their own files: started by root, they run as the system user {@code
 * monban} where there is one, as {@code nobody} otherwise, with no capability left. An ordinary
 * user runs them as themselves.
 *
 * @param owner the user that the cluster's files belong to; empty for the present user
 * @param hidden whether that user cannot reach the folder by its own path, so that PostgreSQL sees
 *     it at {@link #MOUNTED} in a mount namespace of its own
 */
record Privileges(Optional<Owner> owner, boolean hidden) {

    /** A folder that every Linux has, and that every user may enter. */
    private static final Path MOUNTED = Path.of("/mnt");

    private static final Path USERS = Path.of("/etc/passwd");
    private static final String PREFERRED = "monban";
    private static final Owner NOBODY = new Owner("nobody", 65534, 65534);

    /** Numbers as the kernel has them. */
    record Owner(String name, int user, int group) {}

    /**
     * Finds out.
     *
     * @param root the folder that holds the cluster and the programs
     * @throws BadInput where there is no way to run it here
     */
    static Privileges find(Path root) throws IOException, InterruptedException {
        if (!Integer.valueOf(0).equals(Files.getAttribute(Path.of("/proc/self"), "unix:uid"))) {
            return new Privileges(Optional.empty(), false);
        }
        Owner owner = chosen();
        if (!works(as(owner))) {
            throw new BadInput(
                    "the embedded PostgreSQL does not run as root, and this container lets it become"
                            + " nobody else; start Monban as an ordinary user, or give --database");
        }
        Path real = root.toRealPath();
        List<String> enter = new ArrayList<>(as(owner));
        enter.addAll(List.of("sh", "-c", "cd \"$0\"", real.toString()));
        if (run(enter)) {
            return new Privileges(Optional.of(owner), false);
        }
        Privileges hidden = new Privileges(Optional.of(owner), true);
        if (works(hidden.prefix(real))) {
            return hidden;
        }
        throw new BadInput(
                root
                        + ": the user "
                        + owner.name()
                        + ", as whom PostgreSQL runs, cannot enter a folder above it; give a --data"
                        + " such as /var/lib/monban, or let others pass: chmod o+x");
    }

    /** What to put before a program of PostgreSQL. */
    List<String> prefix(Path root) {
        List<String> words = new ArrayList<>();
        if (hidden) {
            words.addAll(List.of("unshare", "--mount", "--propagation", "private", "sh", "-c"));
            words.add("mount --bind \"$0\" " + MOUNTED + " && exec \"$@\"");
            words.add(root.toString());
        }
        owner.ifPresent(one -> words.addAll(as(one)));
        return words;
    }

    /** How that program names a file below {@code root}. */
    Path seen(Path root, Path file) {
        return hidden ? MOUNTED.resolve(root.relativize(file)) : file;
    }

    /** Gives a file, or a folder with all that is in it, to that user. */
    void own(Path file) throws IOException, InterruptedException {
        if (owner.isEmpty()
                || !Files.exists(file)
                || Integer.valueOf(owner.get().user())
                        .equals(Files.getAttribute(file, "unix:uid"))) {
            return;
        }
        Owner one = owner.get();
        // -P: a link in the folder is given away, never what it points to.
        if (!run(List.of("chown", "-R", "-P", one.user() + ":" + one.group(), file.toString()))) {
            throw new BadInput(file + " cannot be given to the user " + one.name());
        }
    }

    private static Owner chosen() throws IOException {
        for (String line : Files.readAllLines(USERS)) {
            String[] fields = line.split(":", -1);
            if (fields.length >= 4 && fields[0].equals(PREFERRED)) {
                Owner found =
                        new Owner(
                                PREFERRED,
                                Integer.parseInt(fields[2]),
                                Integer.parseInt(fields[3]));
                return found.user() == 0 ? NOBODY : found;
            }
        }
        return NOBODY;
    }

    private static List<String> as(Owner owner) {
        return List.of(
                "setpriv",
                "--reuid=" + owner.user(),
                "--regid=" + owner.group(),
                "--clear-groups",
                "--inh-caps=-all",
                "--ambient-caps=-all",
                "--bounding-set=-all",
                "--no-new-privs");
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
