package dev.monban.server.platform;

import com.nimbusds.jose.util.JSONArrayUtils;
import com.nimbusds.jose.util.JSONObjectUtils;
import java.nio.charset.StandardCharsets;
import java.text.ParseException;
import java.util.List;
import java.util.Map;

/** JSON as Nimbus reads and writes it, so that there is one JSON in the house. */
public final class Json {

    private Json() {}

    public static String text(Map<String, ?> object) {
        return JSONObjectUtils.toJSONString(object);
    }

    public static String text(List<?> array) {
        return JSONArrayUtils.toJSONString(array);
    }

    public static byte[] bytes(Map<String, ?> object) {
        return text(object).getBytes(StandardCharsets.UTF_8);
    }

    /**
     * Reads an object.
     *
     * @throws ParseException where the text is not one JSON object
     */
    public static Map<String, Object> object(String text) throws ParseException {
        return JSONObjectUtils.parse(text);
    }
}
