import java.sql.DriverManager;
import java.util.List;

/** Makes an empty database for each of the two. */
public final class Databases {

    public static void main(String[] words) throws Exception {
        try (var connection = DriverManager.getConnection(words[0]);
                var statement = connection.createStatement()) {
            for (String name : List.of("monban", "keycloak")) {
                statement.execute("create database " + name);
            }
        }
    }
}
