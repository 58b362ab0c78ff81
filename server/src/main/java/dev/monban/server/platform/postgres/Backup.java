package dev.monban.server.platform.postgres;

import dev.monban.server.platform.BadInput;
import dev.monban.server.platform.Json;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.channels.Channels;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.HexFormat;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Stream;

/**
 * A copy of the embedded database while it runs, made by PostgreSQL's low-level API for base
 * backups (its manual, section 25.3.4): {@code pg_backup_start}, the files, {@code pg_backup_stop},
 * and the write-ahead log from the one to the other. The list of the files with their hashes comes
 * last: a folder without it is no backup.
 */
public final class Backup {

    /** The list of files, and the mark of a finished backup. */
    public static final String MANIFEST = "backup.json";

    static final String FILES = "database";

    private static final FileAttribute<?> PRIVATE_FOLDER =
            PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------"));
    private static final FileAttribute<?> PRIVATE_FILE =
            PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------"));

    /** Folders whose content PostgreSQL makes anew (its manual, section 25.3.4.4). */
    private static final Set<String> EMPTIED =
            Set.of(
                    "pg_wal",
                    "pg_replslot",
                    "pg_dynshmem",
                    "pg_notify",
                    "pg_serial",
                    "pg_snapshots",
                    "pg_stat_tmp",
                    "pg_subtrans");

    private static final Set<String> LEFT_OUT =
            Set.of("postmaster.pid", "postmaster.opts", "backup_label", "tablespace_map");

    private static final String CONTROL = "global/pg_control";
    private static final int MAX_LOOKS = 100;

    private static final int BUFFER_BYTES = 1 << 20;

    /** Holds the log back while it is copied; it ends with the connection. */
    private static final String HOLD =
            "select pg_create_physical_replication_slot('monban_backup', true, true)";

    private static final String START =
            "select pg_walfile_name(pg_backup_start('monban', fast => true))";

    private static final String STOP =
            "select pg_walfile_name(lsn), labelfile, spcmapfile from pg_backup_stop(false)";

    private final Path cluster;
    private final Path target;
    private final Map<String, Object> hashes = new TreeMap<>();
    private long bytes;

    private Backup(Path cluster, Path target) {
        this.cluster = cluster;
        this.target = target;
    }

    /** How large a finished backup is. */
    public record Finished(int files, long bytes) {}

    /**
     * Makes one.
     *
     * @param data of a gate that runs
     * @param folder where to; made here, or empty
     * @param about what else the list is to say, such as the version
     * @throws BadInput where no database runs there, or the folder has something in it
     */
    public static Finished make(Path data, Path folder, Map<String, Object> about)
            throws IOException, SQLException {
        String url = url(data);
        Path cluster = Cluster.root(data).resolve(Cluster.MAJOR).toRealPath();
        newFolder(folder);
        if (folder.toRealPath().startsWith(cluster.getParent())) {
            throw new BadInput(folder + ": a backup does not lie within the database's own folder");
        }
        Backup backup =
                new Backup(cluster, Files.createDirectory(folder.resolve(FILES), PRIVATE_FOLDER));
        backup.copy(url);
        Map<String, Object> manifest = new TreeMap<>(about);
        manifest.put("postgresql", Cluster.MAJOR);
        manifest.put("files", backup.hashes);
        backup.finish(folder, manifest);
        return new Finished(backup.hashes.size(), backup.bytes);
    }

    /** Where the superuser connects to the database of a gate that runs. */
    public static String url(Path data) throws IOException {
        return EmbeddedPostgres.runningForSuperuser(data)
                .orElseThrow(() ->
                        new BadInput(
                                data
                                        + ": no gate runs with this data folder; start it, or copy"
                                        + " the whole folder while nothing runs"));
    }

    /** A folder that holds nothing yet. */
    static void newFolder(Path folder) throws IOException {
        if (Files.exists(folder)) {
            try (Stream<Path> entries = Files.list(folder)) {
                if (entries.findAny().isPresent()) {
                    throw new BadInput(
                            folder + ": there is something in it; give a folder that is new");
                }
            } catch (java.nio.file.NotDirectoryException e) {
                throw new BadInput(folder + ": is no folder; give one that is new");
            }
        } else {
            Path parent = folder.toAbsolutePath().getParent();
            if (parent == null || !Files.isDirectory(parent)) {
                throw new BadInput(folder + ": there is no folder above it; make that first");
            }
            Files.createDirectory(folder, PRIVATE_FOLDER);
        }
    }

    private void copy(String url) throws IOException, SQLException {
        try (Connection connection = DriverManager.getConnection(url);
                Statement statement = connection.createStatement()) {
            statement.execute(HOLD);
            String first = one(statement, START);
            copyFiles();
            write(CONTROL, control());
            String last;
            try (ResultSet row = statement.executeQuery(STOP)) {
                row.next();
                last = row.getString(1);
                write("backup_label", row.getString(2).getBytes(StandardCharsets.UTF_8));
            }
            copyLog(first, last);
        } catch (SQLException e) {
            // 42710: there is such a slot; 53400: there is no room for another.
            if (Set.of("42710", "53400").contains(String.valueOf(e.getSQLState()))) {
                throw new BadInput("another backup of this database is being made; wait for it");
            }
            throw e;
        }
    }

    private static String one(Statement statement, String sql) throws SQLException {
        try (ResultSet row = statement.executeQuery(sql)) {
            row.next();
            return row.getString(1);
        }
    }

    private void copyFiles() throws IOException {
        Files.walkFileTree(
                cluster,
                EnumSet.noneOf(java.nio.file.FileVisitOption.class),
                Integer.MAX_VALUE,
                new SimpleFileVisitor<>() {
                    @Override
                    public FileVisitResult preVisitDirectory(Path folder, BasicFileAttributes a)
                            throws IOException {
                        Path name = cluster.relativize(folder);
                        if (!name.toString().isEmpty()) {
                            Files.createDirectory(target.resolve(name.toString()), PRIVATE_FOLDER);
                        }
                        return EMPTIED.contains(name.toString())
                                ? FileVisitResult.SKIP_SUBTREE
                                : FileVisitResult.CONTINUE;
                    }

                    @Override
                    public FileVisitResult visitFile(Path file, BasicFileAttributes attributes)
                            throws IOException {
                        String name = cluster.relativize(file).toString();
                        if (attributes.isSymbolicLink() && Files.isDirectory(file)) {
                            linked(name);
                        } else if (!leftOut(name) && !name.equals(CONTROL)) {
                            copyFile(file, name);
                        }
                        return FileVisitResult.CONTINUE;
                    }

                    /* Tables come and go meanwhile; the log knows of it. */
                    @Override
                    public FileVisitResult visitFileFailed(Path file, IOException e)
                            throws IOException {
                        if (e instanceof NoSuchFileException) {
                            return FileVisitResult.CONTINUE;
                        }
                        throw e;
                    }
                });
    }

    /** Written over and over in one piece of its own; two looks that agree saw no half of it. */
    private byte[] control() throws IOException {
        byte[] last = Files.readAllBytes(cluster.resolve(CONTROL));
        for (int look = 0; look < MAX_LOOKS; look++) {
            byte[] next = Files.readAllBytes(cluster.resolve(CONTROL));
            if (Arrays.equals(last, next)) {
                return next;
            }
            last = next;
        }
        throw new IOException(CONTROL + " does not come to rest");
    }

    /** The log may lie on another disk, by a link; nothing else of the database may. */
    private void linked(String name) throws IOException {
        if (!EMPTIED.contains(name)) {
            throw new BadInput(
                    cluster.resolve(name)
                            + ": is a link to another folder, which a backup would not hold; move"
                            + " the files back while nothing runs");
        }
        Files.createDirectory(target.resolve(name), PRIVATE_FOLDER);
    }

    private static boolean leftOut(String name) {
        String last = name.substring(name.lastIndexOf('/') + 1);
        return LEFT_OUT.contains(name)
                || last.startsWith("pgsql_tmp")
                || last.equals("pg_internal.init");
    }

    /** From the segment at the start to the one at the end, and what tells timelines apart. */
    private void copyLog(String first, String last) throws IOException {
        Path log = cluster.resolve("pg_wal").toRealPath();
        Set<String> found = new java.util.TreeSet<>();
        try (Stream<Path> all = Files.list(log)) {
            for (Path file : all.sorted().toList()) {
                String name = file.getFileName().toString();
                boolean wanted =
                        name.matches("[0-9A-F]{24}")
                                && name.compareTo(first) >= 0
                                && name.compareTo(last) <= 0;
                if (wanted || name.endsWith(".history")) {
                    copyFile(file, "pg_wal/" + name);
                    found.add(name);
                }
            }
        }
        if (!found.contains(first) || !found.contains(last)) {
            throw new IOException("the write-ahead log of this backup is gone: " + first);
        }
    }

    private void copyFile(Path from, String name) throws IOException {
        MessageDigest digest = digest();
        try (InputStream in = Files.newInputStream(from);
                OutputStream out = create(name)) {
            byte[] buffer = new byte[BUFFER_BYTES];
            for (int read = in.read(buffer); read >= 0; read = in.read(buffer)) {
                digest.update(buffer, 0, read);
                out.write(buffer, 0, read);
                bytes += read;
            }
        } catch (NoSuchFileException e) {
            // Deleted between the look and the copy.
            Files.deleteIfExists(target.resolve(name));
            return;
        }
        hashes.put(name, HexFormat.of().formatHex(digest.digest()));
    }

    private void write(String name, byte[] content) throws IOException {
        try (OutputStream out = create(name)) {
            out.write(content);
        }
        bytes += content.length;
        hashes.put(name, HexFormat.of().formatHex(digest().digest(content)));
    }

    private OutputStream create(String name) throws IOException {
        Path file = Files.createFile(target.resolve(name), PRIVATE_FILE);
        return new SyncedFile(FileChannel.open(file, StandardOpenOption.WRITE)).stream();
    }

    private void finish(Path folder, Map<String, Object> manifest) throws IOException {
        try (Stream<Path> all = Files.walk(target)) {
            for (Path one : all.filter(Files::isDirectory).toList()) {
                sync(one);
            }
        }
        Path unfinished = Files.createFile(folder.resolve(MANIFEST + ".unfinished"), PRIVATE_FILE);
        try (FileChannel channel = FileChannel.open(unfinished, StandardOpenOption.WRITE);
                OutputStream out = Channels.newOutputStream(channel)) {
            out.write(Json.text(manifest).getBytes(StandardCharsets.UTF_8));
            channel.force(true);
        }
        sync(folder);
        Files.move(unfinished, folder.resolve(MANIFEST), StandardCopyOption.ATOMIC_MOVE);
        sync(folder);
    }

    static void sync(Path folder) throws IOException {
        try (FileChannel channel = FileChannel.open(folder)) {
            channel.force(true);
        }
    }

    static MessageDigest digest() {
        try {
            return MessageDigest.getInstance("SHA-256");
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java platform has SHA-256", e);
        }
    }

    /** A file that is on the disk when its stream is closed. */
    private record SyncedFile(FileChannel channel) {

        OutputStream stream() {
            OutputStream out = Channels.newOutputStream(channel);
            return new java.io.FilterOutputStream(out) {
                @Override
                public void write(byte[] content, int offset, int length) throws IOException {
                    out.write(content, offset, length);
                }

                @Override
                public void close() throws IOException {
                    channel.force(true);
                    super.close();
                }
            };
        }
    }
}
