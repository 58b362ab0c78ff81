package dev.monban.server.platform.postgres;

import dev.monban.server.platform.BadInput;
import dev.monban.server.platform.Json;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.MessageDigest;
import java.text.ParseException;
import java.util.HexFormat;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** Brings a {@link Backup} into an empty data folder, each file held against its hash. */
public final class Restore {

    private static final FileAttribute<?> PRIVATE_FOLDER =
            PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------"));

    /** In the data folder until all is there: no gate starts beside half a database. */
    private static final String UNFINISHED = "restore.unfinished";

    private static final int BUFFER_BYTES = 1 << 20;

    private final Path backup;
    private final Map<String, Object> manifest;
    private final Map<?, ?> hashes;

    private Restore(Path backup, Map<String, Object> manifest, Map<?, ?> hashes) {
        this.backup = backup;
        this.manifest = manifest;
        this.hashes = hashes;
    }

    /**
     * Reads the list of a backup.
     *
     * @throws BadInput where the folder is no finished backup, or of another PostgreSQL
     */
    public static Restore of(Path backup) throws IOException {
        Path list = backup.resolve(Backup.MANIFEST);
        if (!Files.exists(list)) {
            throw new BadInput(
                    backup
                            + ": is no finished backup, as it has no "
                            + Backup.MANIFEST
                            + "; one that was interrupted is to be deleted");
        }
        try {
            Map<String, Object> manifest = Json.object(Files.readString(list));
            if (!(manifest.get("files") instanceof Map<?, ?> hashes)) {
                throw new BadInput(list + ": names no files");
            }
            Object major = manifest.get("postgresql");
            if (!Cluster.MAJOR.equals(major)) {
                throw new BadInput(
                        list
                                + ": was made by PostgreSQL "
                                + major
                                + ", and this is "
                                + Cluster.MAJOR
                                + "; restore it with the Monban that made it");
            }
            return new Restore(backup, manifest, hashes);
        } catch (ParseException e) {
            throw new BadInput(list + ": cannot be read: " + e.getMessage());
        }
    }

    /** What else the list says. */
    public Map<String, Object> about() {
        return manifest;
    }

    /**
     * Copies the files. The database is there as a whole, or not at all.
     *
     * @param data new, or empty
     * @throws BadInput where the folder has something in it, or a file is not as it was
     */
    public void into(Path data) throws IOException {
        Backup.newFolder(data);
        Path files = backup.resolve(Backup.FILES);
        refuseOthers(files);
        Files.createFile(data.resolve(UNFINISHED));
        Path root = Files.createDirectory(Cluster.root(data), PRIVATE_FOLDER);
        Path unfinished =
                Files.createDirectory(root.resolve(Cluster.MAJOR + "-unfinished"), PRIVATE_FOLDER);
        try (Stream<Path> all = Files.walk(files)) {
            for (Path from : all.skip(1).toList()) {
                String name = files.relativize(from).toString();
                if (Files.isDirectory(from)) {
                    Files.createDirectory(unfinished.resolve(name), PRIVATE_FOLDER);
                } else {
                    copy(from, unfinished.resolve(name), String.valueOf(hashes.get(name)));
                }
            }
        }
        Files.move(unfinished, root.resolve(Cluster.MAJOR), StandardCopyOption.ATOMIC_MOVE);
        Backup.sync(root);
    }

    /** All is there that belongs into the data folder: a gate may start. */
    public static void finished(Path data) throws IOException {
        Files.deleteIfExists(data.resolve(UNFINISHED));
        Backup.sync(data);
    }

    /**
     * @throws BadInput where a restore into this data folder did not end
     */
    public static void refuseUnfinished(Path data) {
        if (Files.exists(data.resolve(UNFINISHED))) {
            throw new BadInput(
                    data
                            + ": a restore into this folder did not end; delete the folder, and"
                            + " restore again");
        }
    }

    /** Files that are missing, or that nobody wrote down. */
    private void refuseOthers(Path files) throws IOException {
        if (!Files.isDirectory(files)) {
            throw new BadInput(files + ": is missing from the backup");
        }
        Set<String> found;
        try (Stream<Path> all = Files.walk(files)) {
            found =
                    all.filter(one -> !Files.isDirectory(one))
                            .map(one -> files.relativize(one).toString())
                            .collect(Collectors.toCollection(TreeSet::new));
        }
        Set<String> listed =
                hashes.keySet().stream()
                        .map(String::valueOf)
                        .collect(Collectors.toCollection(TreeSet::new));
        for (String name : listed) {
            if (!found.contains(name)) {
                throw new BadInput(files.resolve(name) + ": is missing from the backup");
            }
        }
        found.removeAll(listed);
        if (!found.isEmpty()) {
            throw new BadInput(
                    files.resolve(found.iterator().next()) + ": does not belong to the backup");
        }
    }

    private static void copy(Path from, Path to, String hash) throws IOException {
        MessageDigest digest = Backup.digest();
        try (InputStream in = Files.newInputStream(from);
                OutputStream out =
                        Files.newOutputStream(
                                to, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE)) {
            byte[] buffer = new byte[BUFFER_BYTES];
            for (int read = in.read(buffer); read >= 0; read = in.read(buffer)) {
                digest.update(buffer, 0, read);
                out.write(buffer, 0, read);
            }
        }
        Files.setPosixFilePermissions(to, PosixFilePermissions.fromString("rw-------"));
        if (!HexFormat.of().formatHex(digest.digest()).equals(hash)) {
            throw new BadInput(from + ": is not as it was when the backup was made");
        }
        try (var channel = java.nio.channels.FileChannel.open(to, StandardOpenOption.WRITE)) {
            channel.force(true);
        }
    }
}
