package dev.monban.server.platform.postgres;

import dev.monban.server.platform.BadInput;
import java.io.BufferedInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.net.JarURLConnection;
import java.net.URISyntaxException;
import java.net.URL;
import java.net.URLConnection;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Stream;
import org.tukaani.xz.XZInputStream;

/** PostgreSQL's programs, unpacked once from the library that carries them. */
final class Binaries {

    private static final int TAR_BLOCK = 512;

    private Binaries() {}

    /** The folder with {@code bin/postgres} and {@code bin/initdb}, below {@code root}. */
    static Path unpack(Path root) throws IOException {
        String name = "/postgres-linux-" + architecture() + ".txz";
        URL archive = Binaries.class.getResource(name);
        if (archive == null) {
            throw new BadInput("no embedded PostgreSQL for this machine; give one with --database");
        }
        URLConnection connection = archive.openConnection();
        connection.setUseCaches(false);
        // The checksum in the jar's directory names the folder: nothing is read at later starts.
        String id =
                connection instanceof JarURLConnection jar
                        ? Long.toHexString(jar.getJarEntry().getCrc())
                        : Long.toHexString(connection.getContentLengthLong());
        Path folder = root.resolve("programs-" + id);
        if (Files.isDirectory(folder)) {
            return folder;
        }
        for (Path old : list(root)) {
            if (old.getFileName().toString().startsWith("programs-")) {
                delete(old);
            }
        }
        Path unfinished = Files.createDirectory(root.resolve("programs-unfinished"));
        Path unpacked = besideTheProgram().resolve("programs-" + id);
        if (Files.isDirectory(unpacked)) {
            copy(unpacked, unfinished);
        } else {
            try (InputStream in =
                    new XZInputStream(new BufferedInputStream(connection.getInputStream()))) {
                untar(in, unfinished);
            }
        }
        openToAll(unfinished);
        return Files.move(unfinished, folder, StandardCopyOption.ATOMIC_MOVE);
    }

    /**
     * The folder of Monban's jar. The build leaves the programs there, since a copy takes a
     * hundredth of the time that unpacking takes; whoever may write there may change the jar too.
     */
    private static Path besideTheProgram() {
        try {
            Path program =
                    Path.of(
                            Binaries.class
                                    .getProtectionDomain()
                                    .getCodeSource()
                                    .getLocation()
                                    .toURI());
            return program.toAbsolutePath().resolveSibling("");
        } catch (URISyntaxException e) {
            throw new IllegalStateException(e);
        }
    }

    private static void copy(Path from, Path to) throws IOException {
        try (Stream<Path> all = Files.walk(from)) {
            for (Path path : all.filter(one -> !one.equals(from)).toList()) {
                Files.copy(
                        path,
                        to.resolve(from.relativize(path).toString()),
                        StandardCopyOption.COPY_ATTRIBUTES,
                        LinkOption.NOFOLLOW_LINKS);
            }
        }
    }

    /** Whoever runs them is another user than the one who unpacks, whatever the mask says. */
    private static void openToAll(Path folder) throws IOException {
        try (Stream<Path> all = Files.walk(folder)) {
            for (Path path : all.filter(one -> !Files.isSymbolicLink(one)).toList()) {
                Files.setPosixFilePermissions(
                        path,
                        PosixFilePermissions.fromString(
                                Files.isExecutable(path) ? "rwxr-xr-x" : "rw-r--r--"));
            }
        }
    }

    /** Deletes a folder with all that is in it; nothing where there is none. */
    static void delete(Path folder) throws IOException {
        if (!Files.exists(folder)) {
            return;
        }
        try (Stream<Path> all = Files.walk(folder)) {
            for (Path path : all.sorted(Comparator.reverseOrder()).toList()) {
                Files.delete(path);
            }
        }
    }

    private static List<Path> list(Path folder) throws IOException {
        try (Stream<Path> entries = Files.list(folder)) {
            return entries.toList();
        }
    }

    private static String architecture() {
        String name = System.getProperty("os.arch");
        return switch (name) {
            case "amd64", "x86_64" -> "x86_64";
            case "aarch64" -> "arm_64";
            default ->
                    throw new BadInput(
                            "no embedded PostgreSQL for " + name + "; give one with --database");
        };
    }

    /** Reads a POSIX tar of files, folders and links (IEEE 1003.1, pax, "ustar"). */
    private static void untar(InputStream in, Path folder) throws IOException {
        byte[] header = new byte[TAR_BLOCK];
        while (in.readNBytes(header, 0, TAR_BLOCK) == TAR_BLOCK && header[0] != 0) {
            Path target = folder.resolve(text(header, 0, 100)).normalize();
            if (!target.startsWith(folder)) {
                throw new IOException("the archive leads out of its folder");
            }
            long size = Long.parseLong(text(header, 124, 12).strip(), 8);
            boolean executable = (Integer.parseInt(text(header, 100, 8).strip(), 8) & 0100) != 0;
            switch (header[156]) {
                case '5' -> Files.createDirectories(target);
                case '2' -> {
                    Files.createDirectories(target.getParent());
                    Files.createSymbolicLink(target, Path.of(text(header, 157, 100)));
                }
                default -> {
                    byte[] content = in.readNBytes((int) size);
                    if (content.length != size) {
                        throw new EOFException("the archive ends within a file");
                    }
                    Files.createDirectories(target.getParent());
                    Files.write(target, content);
                    if (executable && !target.toFile().setExecutable(true, false)) {
                        throw new IOException(target + " cannot be made executable");
                    }
                    in.skipNBytes((TAR_BLOCK - size % TAR_BLOCK) % TAR_BLOCK);
                }
            }
        }
    }

    private static String text(byte[] bytes, int offset, int most) {
        int length = 0;
        while (length < most && bytes[offset + length] != 0) {
            length++;
        }
        return new String(bytes, offset, length, StandardCharsets.UTF_8);
    }
}
