package dev.monban.acceptance;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.net.http.HttpResponse;
import java.util.HashMap;
import java.util.Map;

/** Somebody at a browser, in an office, who reads their mail. */
record Person(
        GateProcess gate, Operators operators, String name, String password, Visitor visitor) {

    /** Where everybody works. */
    static final String[] OFFICE = {"X-Forwarded-For", "203.0.113.7"};

    Person withPassword(String other) {
        return new Person(gate, operators, name, other, visitor);
    }

    /** The same person at a browser that nobody knows. */
    Person elsewhere() {
        return new Person(gate, operators, name, password, new Visitor(gate));
    }

    HttpResponse<String> get(String path) {
        return visitor.get(path, OFFICE);
    }

    HttpResponse<String> post(String path, Map<String, String> form) {
        return visitor.post(path, form, OFFICE);
    }

    /** Fills a page's form; names and values in turn. */
    HttpResponse<String> fill(String page, String action, String... values) {
        HttpResponse<String> shown = get(page);
        assertEquals(200, shown.statusCode(), page + " leads to " + Visitor.location(shown));
        Map<String, String> form = Visitor.hidden(shown.body());
        for (int i = 0; i < values.length; i += 2) {
            form.put(values[i], values[i + 1]);
        }
        return post(action, form);
    }

    HttpResponse<String> signIn(String path) {
        return signIn(visitor, path);
    }

    HttpResponse<String> signIn(Visitor browser, String path) {
        Map<String, String> form = Visitor.hidden(browser.get(path, OFFICE).body());
        form.put("identifier", name);
        form.put("password", password);
        return browser.post("/login", form, OFFICE);
    }

    /** Answers the code that came by mail. */
    HttpResponse<String> mailCode(HttpResponse<String> page, int mailsBefore) {
        Map<String, String> form = Visitor.hidden(page.body());
        assertTrue(form.containsKey("challenge"), page.body());
        form.put("code", operators.code(name, mailsBefore));
        return post("/login/code", form);
    }

    /** As far as the session, for which a code by mail may be asked; gives where it leads. */
    String enter(String path) {
        int mails = operators.mails(name).size();
        HttpResponse<String> page = signIn(path);
        return Visitor.location(page.statusCode() == 200 ? mailCode(page, mails) : page);
    }

    /** Where a request leads this browser, step by step, until something wants an answer. */
    String follow(String path) {
        String at = path;
        while (at.startsWith("/authorize?") || at.startsWith("/authorize/continue")) {
            at = Visitor.location(get(at));
        }
        return at;
    }

    String authorize(String... changes) {
        return follow(Party.path(new Party(gate, "crm").request(changes)));
    }

    HttpResponse<String> code(HttpResponse<String> page, String code, boolean trust) {
        Map<String, String> form = new HashMap<>(Visitor.hidden(page.body()));
        form.put("code", code);
        if (trust) {
            form.put("trust", "1");
        }
        return post("/login/code", form);
    }

    /** Says that every factor is lost, and gives the page that asks for a code by mail. */
    HttpResponse<String> lost(HttpResponse<String> page) {
        Map<String, String> form = Visitor.hidden(page.body());
        form.remove("code");
        HttpResponse<String> asked = post("/login/lost", form);
        assertEquals(200, asked.statusCode());
        return asked;
    }

    void signOut() {
        assertEquals(303, fill("/account", "/account/sign-out").statusCode());
    }
}
