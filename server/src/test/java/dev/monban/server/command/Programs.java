package dev.monban.server.command;

import dev.monban.server.declare.State;
import dev.monban.server.declare.StateReader;
import dev.monban.server.platform.Database;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** What the tests of clients declare, and what they read from the database. */
final class Programs {

    static final String PERSON = "sato@time.example";
    static final String SECRET = "a-secret-for-the-tests";

    private Programs() {}

    /**
     * The state with these clients, as {@code monban.yaml} has them.
     *
     * @param environment names and values in turn
     */
    static State state(Path folder, String clients, String... environment) {
        Map<String, String> variables = new HashMap<>();
        for (int i = 0; i < environment.length; i += 2) {
            variables.put(environment[i], environment[i + 1]);
        }
        try {
            Path file = Files.createTempFile(folder, "monban", ".yaml");
            Files.writeString(
                    file,
                    """
                    issuer: http://localhost:1
                    tenants:
                      - {id: time, name: Time}
                    accounts:
                      - identifier: PERSON
                        tenant: time
                        name: 佐藤 結衣
                        password: {plain: PASSWORD}
                    clients:
                    """
                                    .replace("PERSON", PERSON)
                                    .replace("PASSWORD", ClockedGate.PASSWORD)
                            + clients.replace("CALLBACK", Program.CALLBACK)
                                    .replace("SECRET", SECRET));
            return StateReader.read(file, name -> Optional.ofNullable(variables.get(name)));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** The rows of a statement, their columns joined by a space. */
    static List<String> rows(Database database, String sql, Object... values) {
        return database.query(connection -> {
            try (PreparedStatement statement = connection.prepareStatement(sql)) {
                for (int i = 0; i < values.length; i++) {
                    statement.setObject(i + 1, values[i]);
                }
                List<String> found = new ArrayList<>();
                try (ResultSet rows = statement.executeQuery()) {
                    int columns = rows.getMetaData().getColumnCount();
                    while (rows.next()) {
                        List<String> row = new ArrayList<>();
                        for (int i = 1; i <= columns; i++) {
                            row.add(String.valueOf(rows.getString(i)));
                        }
                        found.add(String.join(" ", row));
                    }
                }
                return found;
            }
        });
    }

    static long number(Database database, String sql, Object... values) {
        return Long.parseLong(rows(database, sql, values).getFirst());
    }
}
