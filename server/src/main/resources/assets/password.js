// Lets people see the password that they type. Without this script the button stays hidden.
{
  const button = document.querySelector("button[data-show]");
  const field = document.getElementById("password");
  button.hidden = false;
  button.addEventListener("click", () => {
    const shown = field.type === "text";
    field.type = shown ? "password" : "text";
    button.textContent = shown ? button.dataset.show : button.dataset.hide;
    field.focus();
  });
  // What is sent is never left readable on the screen, nor kept by the browser as a plain field.
  field.form.addEventListener("submit", () => {
    field.type = "password";
  });

  // What often goes wrong with a password, said before it is sent. It depends on the keys alone, so
  // it tells nobody anything about the right one.
  const warning = document.querySelector(".warning[data-caps]");
  let caps = false;
  const warn = () => {
    const words = [];
    if (caps) words.push(warning.dataset.caps);
    if (/[\u3000-\u30ff\uff01-\uffef]/.test(field.value)) words.push(warning.dataset.wide);
    if (/^\s|\s$/.test(field.value)) words.push(warning.dataset.space);
    warning.textContent = words.join(" ");
    warning.hidden = words.length === 0;
  };
  const key = (event) => {
    if (event.getModifierState) {
      caps = event.getModifierState("CapsLock");
      warn();
    }
  };
  field.addEventListener("keydown", key);
  field.addEventListener("keyup", key);
  field.addEventListener("input", warn);
  field.addEventListener("blur", () => {
    caps = false;
    warn();
  });

  // How strong a new password is, said while it is typed: half a second after the last key.
  const strength = document.querySelector("[data-strength]");
  if (strength) {
    const meter = strength.querySelector("meter");
    const words = strength.querySelector("p");
    let waiting;
    let asked = 0;
    field.addEventListener("input", () => {
      clearTimeout(waiting);
      waiting = setTimeout(async () => {
        const number = ++asked;
        if (!field.value) {
          strength.hidden = true;
          return;
        }
        const answer = await fetch(strength.dataset.strength, {
          method: "POST",
          body: new URLSearchParams({
            form_token: field.form.elements.form_token.value,
            new_password: field.value,
          }),
        });
        if (!answer.ok || number !== asked) {
          return;
        }
        const { level, most, text } = await answer.json();
        meter.max = most;
        meter.value = level;
        words.textContent = text;
        strength.hidden = false;
      }, 500);
    });
  }
}
