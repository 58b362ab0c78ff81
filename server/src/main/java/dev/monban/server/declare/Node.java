package dev.monban.server.declare;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** By what people know this node. */
final class Node {

    private static final Path HOST_NAME = Path.of("/proc/sys/kernel/hostname");

    private Node() {}

    /** User and host name. The name is read from the system and not asked of any name server. */
    static String name() {
        String host = "an unknown host";
        try {
            host = Files.readString(HOST_NAME).strip();
        } catch (IOException e) {
            // Another system than Linux: who started it is still said.
        }
        return System.getProperty("user.name", "?") + "@" + host;
    }
}
