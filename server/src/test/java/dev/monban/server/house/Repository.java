package dev.monban.server.house;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;

/** The tree of sources, as tests read it. */
public final class Repository {

    private Repository() {}

    /** The folder with the launcher in it. */
    public static Path root() {
        Path folder = Path.of("").toAbsolutePath();
        while (!Files.exists(folder.resolve("monban"))) {
            folder = folder.getParent();
        }
        return folder;
    }

    /** The files below a folder of the repository whose names end so. */
    static List<Path> files(String folder, String ending) {
        try (Stream<Path> all = Files.walk(root().resolve(folder))) {
            return all.filter(Files::isRegularFile)
                    .filter(path -> path.toString().endsWith(ending))
                    .filter(path -> !path.toString().contains("/target/"))
                    .filter(path -> !path.toString().contains("/node_modules/"))
                    .sorted()
                    .toList();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    public static String read(Path path) {
        try {
            return Files.readString(path);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
