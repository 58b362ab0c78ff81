package dev.monban.acceptance;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.monban.acceptance.OtherProvider.Mood;
import java.io.IOException;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;

/** A gate whose organisations sign their people in themselves, and their providers. */
abstract class Federation {

    static final String PASSWORD = "right-password-1";
    static final String SATO = "sato@yamada.example";
    static final String ITO = "ito@yamada.example";
    static final String STRANGER = "suzuki@tanaka.example";

    static Operators operators;
    static OtherProvider provider;
    static OtherProvider northern;
    static OtherProvider southern;
    static GateProcess gate;

    @BeforeAll
    static void open() throws IOException {
        operators = new Operators();
        provider = new OtherProvider();
        northern = new OtherProvider();
        southern = new OtherProvider();
        gate =
                GateProcess.start(
                        """
                        issuer: ISSUER
                        DECLARED
                        tenants:
                          - {id: yamada, name: 山田保険事務所, identityProvider: PROVIDER}
                          - {id: tanaka, name: 田中保険}
                          - {id: kita, name: 北海保険, identityProvider: NORTHERN}
                          - {id: minami, name: 南洋保険, identityProvider: SOUTHERN}
                        accounts:
                          - {identifier: sato@yamada.example, tenant: yamada, name: 佐藤 花子, password: {plain: PASSWORD}}
                          - {identifier: ito@yamada.example, tenant: yamada, name: 伊藤 誠, password: {plain: PASSWORD}}
                          - {identifier: abe@yamada.example, tenant: yamada, name: 阿部 学, password: {plain: PASSWORD}}
                          - {identifier: ono@yamada.example, tenant: yamada, name: 小野 恵, password: {plain: PASSWORD}}
                          - {identifier: boss@yamada.example, tenant: yamada, name: 山田 太郎, roles: [admin], password: {plain: PASSWORD}}
                          - {identifier: chief@tanaka.example, tenant: tanaka, name: 田中 修, roles: [admin], password: {plain: PASSWORD}}
                          - {identifier: kudo@yamada.example, tenant: yamada, name: 工藤 新, password: {plain: PASSWORD}}
                          - {identifier: sano@yamada.example, tenant: yamada, name: 佐野 桂, password: {plain: PASSWORD}}
                          - {identifier: hara@yamada.example, tenant: yamada, name: 原 明, password: {plain: PASSWORD}}
                          - {identifier: ueda@kita.example, tenant: kita, name: 上田 望, password: {plain: PASSWORD}}
                          - {identifier: maeda@kita.example, tenant: kita, name: 前田 実, password: {plain: PASSWORD}}
                          - {identifier: kojima@other.example, tenant: yamada, name: 小島 恵, password: {plain: PASSWORD}}
                          - {identifier: suzuki@tanaka.example, tenant: tanaka, name: 鈴木 一郎, password: {plain: PASSWORD}}
                          - {identifier: mole@yamada.example, tenant: tanaka, name: 田中 潜, password: {plain: PASSWORD}}
                        clients:
                          - {id: crm, name: 契約管理, redirectUris: ["CALLBACK"], grants: [authorization_code], scopes: [openid, profile, email], secret: {plain: "PASSWORD-PASSWORD-PASSWORD"}}
                        """
                                .replace("DECLARED", operators.declared())
                                .replace("PROVIDER", provider.declared("yamada.example"))
                                .replace("SOUTHERN", southern.declared("minami.example"))
                                .replace("NORTHERN", northern.declared("kita.example"))
                                .replace("CALLBACK", House.CALLBACK)
                                .replace("PASSWORD", PASSWORD),
                        "--source-rate",
                        "5000",
                        "--argon2",
                        "7168,1",
                        "--trusted-proxy",
                        "127.0.0.1/32");
    }

    @AfterAll
    static void close() {
        gate.close();
        provider.close();
        northern.close();
        operators.close();
    }

    @BeforeEach
    void allIsWell() {
        provider.is(Mood.WELL);
        provider.provedAgo(Duration.ZERO);
    }

    static Person person(String name) {
        return new Person(gate, operators, name, PASSWORD, new Visitor(gate));
    }

    /** Where a browser is sent that sets out with this login name. */
    static String setOut(Person person) {
        HttpResponse<String> page =
                person.fill(
                        "/login/organisation", "/login/organisation", "identifier", person.name());
        assertEquals(200, page.statusCode(), page.body());
        Matcher link = Pattern.compile("href=\"(http://127[^\"]+)\"").matcher(page.body());
        assertTrue(link.find(), page.body());
        return link.group(1).replace("&amp;", "&");
    }

    static HttpResponse<String> goThere(Person person) {
        return person.get(OtherProvider.at(setOut(person)));
    }

    static void assertSignedIn(Person person, HttpResponse<String> answer) {
        assertEquals(303, answer.statusCode(), answer.body());
        assertEquals("/account", Visitor.location(answer));
        assertTrue(person.get("/account").body().contains(person.name()));
    }

    static void assertNotSignedIn(Person person) {
        assertEquals(303, person.get("/account").statusCode());
    }

    static final String[] ELSEWHERE = {
        "X-Forwarded-For", "198.51.100.77", "User-Agent", "Mozilla/5.0 (X11) Other/1.0"
    };

    /** The same with a browser of which nobody knows, from somewhere else. */
    static HttpResponse<String> goThereFromElsewhere(Visitor far, String name) {
        Map<String, String> form = Visitor.hidden(far.get("/login/organisation", ELSEWHERE).body());
        form.put("identifier", name);
        String page = far.post("/login/organisation", form, ELSEWHERE).body();
        Matcher link = Pattern.compile("href=\"(http://127[^\"]+)\"").matcher(page);
        assertTrue(link.find(), page);
        return far.get(OtherProvider.at(link.group(1).replace("&amp;", "&")), ELSEWHERE);
    }

    static HttpResponse<String> code(Visitor far, HttpResponse<String> page, String code) {
        Map<String, String> typed = Visitor.hidden(page.body());
        typed.put("code", code);
        return far.post("/login/code", typed, ELSEWHERE);
    }
}
