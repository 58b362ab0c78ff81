package dev.monban.server.platform;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.SecureRandom;
import java.util.Arrays;
import java.util.Base64;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The master key at rest: 32 bytes, as they are or in base64 (RFC 4648, section 4), as containers
 * hand secrets over.
 */
public final class KeyFile {

    /** Of the key. */
    public static final int BYTES = 32;

    private static final Set<PosixFilePermission> PRIVATE =
            PosixFilePermissions.fromString("rw-------");
    private static final int MAX_FILE_BYTES = 1024;

    private KeyFile() {}

    /**
     * Reads a key.
     *
     * @throws BadInput where it is none; where the file cannot be read
     */
    public static byte[] read(Path file) {
        try {
            byte[] bytes = Files.size(file) > MAX_FILE_BYTES ? new byte[0] : readAll(file);
            if (bytes.length == BYTES) {
                return bytes;
            }
            byte @Nullable [] key = decoded(new String(bytes, StandardCharsets.ISO_8859_1));
            if (key != null) {
                return key;
            }
            throw new BadInput(
                    file
                            + ": a master key has 32 bytes, as they are or in base64, and this has "
                            + Files.size(file)
                            + "; restore the one that belongs to this database");
        } catch (IOException e) {
            throw new BadInput(file + ": cannot be read: " + e.getMessage());
        }
    }

    /**
     * A key written in base64.
     *
     * @param where it was given, for the message
     * @throws BadInput where it is none
     */
    public static byte[] ofBase64(String text, String where) {
        byte @Nullable [] key = decoded(text);
        if (key == null) {
            throw new BadInput(
                    where
                            + ": a master key is 32 bytes in base64, 44 characters; make one with"
                            + " monban key new");
        }
        return key;
    }

    /** Whether anybody but the owner and the group may read or change the file. */
    public static boolean isOpenToOthers(Path file) throws IOException {
        Set<PosixFilePermission> allowed = Files.getPosixFilePermissions(file);
        return allowed.contains(PosixFilePermission.OTHERS_READ)
                || allowed.contains(PosixFilePermission.OTHERS_WRITE)
                || allowed.contains(PosixFilePermission.GROUP_WRITE);
    }

    /** A fresh key. */
    public static byte[] fresh() {
        byte[] key = new byte[BYTES];
        new SecureRandom().nextBytes(key);
        return key;
    }

    /**
     * Writes a key for its owner alone: it is there as a whole and on the disk, or not at all.
     *
     * @throws FileAlreadyExistsException where a file is there already, which is left as it is
     */
    public static void write(Path file, byte[] key) throws IOException {
        Path folder = file.toAbsolutePath().getParent();
        if (folder == null) {
            throw new IOException(file + " is no file");
        }
        Path unfinished =
                Files.createTempFile(
                        folder,
                        "master-key-",
                        ".unfinished",
                        PosixFilePermissions.asFileAttribute(PRIVATE));
        try {
            Files.write(unfinished, key, StandardOpenOption.WRITE, StandardOpenOption.SYNC);
            // A link, unlike a move, never replaces what is there.
            Files.createLink(file, unfinished);
        } finally {
            Files.delete(unfinished);
        }
        try (FileChannel channel = FileChannel.open(folder)) {
            channel.force(true);
        }
    }

    /** Whether the file holds this key. */
    public static boolean holds(Path file, byte[] key) {
        return Files.exists(file) && Arrays.equals(read(file), key);
    }

    private static byte[] readAll(Path file) throws IOException {
        return Files.readAllBytes(file);
    }

    private static byte @Nullable [] decoded(String text) {
        try {
            byte[] key = Base64.getDecoder().decode(text.strip());
            return key.length == BYTES ? key : null;
        } catch (IllegalArgumentException e) {
            return null;
        }
    }
}
