// The keypad: buttons and keyboard. While a password is entered it shows dots, sounds alike, and keeps nothing.

const KEYS = "123456789*0#";
const SHOWN = 24; // keys at most, the last ones
const DOT = "●";
const NAME = "按键";
const SECRET_NAME = "请按密码，内容保密";

/** What the text box says while a password is due. */
export const NOT_HERE = "密码请用键盘按键输入";

export class Keypad {
  /** `pressed(key)` is called for each key; `box` is the text box, which must not take a password's digits. */
  constructor({ pad, name, shown, count, box, pressed, warn }) {
    this.pad = pad;
    this.name = name;
    this.shown = shown;
    this.count = count;
    this.box = box;
    this.example = box.placeholder;
    this.pressed = pressed;
    this.warn = warn;
    this.active = false;
    this.secret = false;
    pad.addEventListener("click", (event) => {
      const button = event.target.closest("button");
      if (button) this.press(button.value);
    });
    document.addEventListener("keydown", (event) => this.typed(event));
    box.addEventListener("beforeinput", (event) => this.written(event));
    box.addEventListener("input", () => this.secret && this.emptyBox());
  }

  /** A call has begun or ended. */
  activate(active) {
    this.active = active;
    this.keepSecret(false);
    this.clear();
    for (const button of this.pad.querySelectorAll("button")) button.disabled = !active;
  }

  /** A password is being entered, or no longer. What was shown and written before goes away. */
  keepSecret(secret) {
    if (secret === this.secret) return;
    this.secret = secret;
    this.clear();
    this.name.textContent = secret ? SECRET_NAME : NAME;
    this.box.placeholder = secret ? NOT_HERE : this.example;
    if (!secret) return;
    this.emptyBox();
    this.name.parentElement.scrollIntoView({ block: "nearest" });
    if (document.activeElement === this.box) this.pad.querySelector("button").focus();
  }

  clear() {
    this.shown.textContent = "";
    this.count.textContent = "";
    for (const button of this.pad.querySelectorAll(".down")) button.classList.remove("down");
  }

  press(key) {
    if (!this.active) return;
    this.shown.textContent = (this.shown.textContent + (this.secret ? DOT : key)).slice(-SHOWN);
    if (this.secret) this.count.textContent = `已按 ${this.shown.textContent.length} 位`;
    else this.flash(key);
    this.pressed(key, this.secret);
  }

  /** Show which button a key of the keyboard belongs to; never for a password. */
  flash(key) {
    const button = this.pad.querySelector(`button[value="${key}"]`);
    button.classList.add("down");
    setTimeout(() => button.classList.remove("down"), 120);
  }

  typed(event) {
    if (!this.active || event.ctrlKey || event.metaKey || event.altKey || event.isComposing) return;
    if (!KEYS.includes(event.key) || event.key.length !== 1) return;
    if (event.target === this.box && !this.secret) return; // a number written in a sentence
    event.preventDefault();
    if (!event.repeat) this.press(event.key);
  }

  /** While a password is due, digits of a touch keyboard are keys, and nothing is written. */
  written(event) {
    if (!this.secret) return;
    event.preventDefault();
    for (const letter of event.data ?? "") {
      if (KEYS.includes(letter)) this.press(letter);
      else this.warn();
    }
  }

  emptyBox() {
    if (this.box.value !== "") this.warn();
    this.box.value = "";
  }
}
