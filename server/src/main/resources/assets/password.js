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
}
