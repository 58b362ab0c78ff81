package dev.monban.server.replay;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import dev.monban.core.watch.Attempt;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * A table with a head line that names its columns as the fields of an attempts file are named (RFC
 * 4180, without line breaks within fields). Empty fields are absent.
 */
final class Csv implements Importer {

    private static final Set<String> NUMBERS = Set.of("asn", "totpOffset");
    private static final Set<String> FLAGS = Set.of("commonSecret");

    private final JsonFactory json = new JsonFactory();
    private final AttemptReader reader = new AttemptReader();
    private List<String> columns = List.of();

    @Override
    public @Nullable Attempt read(byte[] line, int length, long number) throws BadLine {
        List<String> fields = fields(new String(line, 0, length, StandardCharsets.UTF_8));
        if (columns.isEmpty()) {
            columns = fields;
            for (String need : List.of("at", "identifier", "ip", "step", "outcome")) {
                if (!columns.contains(need)) {
                    throw new BadLine("the head line names no column " + need);
                }
            }
            return null;
        }
        if (fields.size() != columns.size()) {
            throw new BadLine(fields.size() + " fields, where the head line has " + columns.size());
        }
        byte[] object = object(fields, number);
        return reader.read(object, object.length, number);
    }

    private byte[] object(List<String> fields, long number) throws BadLine {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try (JsonGenerator out = json.createGenerator(bytes)) {
            out.writeStartObject();
            if (!columns.contains("id")) {
                out.writeStringField("id", "line-" + number);
            }
            for (int i = 0; i < columns.size(); i++) {
                String field = fields.get(i);
                if (field.isEmpty()) {
                    continue;
                }
                out.writeFieldName(columns.get(i));
                if (NUMBERS.contains(columns.get(i)) && field.matches("-?\\d{1,10}")) {
                    out.writeNumber(Long.parseLong(field));
                } else if (FLAGS.contains(columns.get(i)) && field.matches("true|false")) {
                    out.writeBoolean(field.equals("true"));
                } else {
                    out.writeString(field);
                }
            }
            out.writeEndObject();
        } catch (IOException e) {
            throw new BadLine(String.valueOf(e.getMessage()));
        }
        return bytes.toByteArray();
    }

    private static List<String> fields(String line) throws BadLine {
        List<String> fields = new ArrayList<>();
        StringBuilder field = new StringBuilder();
        boolean quoted = false;
        for (int i = 0; i < line.length(); i++) {
            char c = line.charAt(i);
            if (quoted && c == '"' && i + 1 < line.length() && line.charAt(i + 1) == '"') {
                field.append('"');
                i++;
            } else if (c == '"' && (quoted || field.isEmpty())) {
                quoted = !quoted;
            } else if (c == ',' && !quoted) {
                fields.add(field.toString());
                field.setLength(0);
            } else {
                field.append(c);
            }
        }
        if (quoted) {
            throw new BadLine("a quote is not closed");
        }
        fields.add(field.toString());
        return fields;
    }
}
