// A graph wider than its place shows its centre first.

function centre(root) {
  for (const node of root.querySelectorAll(".picture-scroll .is-centre")) {
    const scroll = node.closest(".picture-scroll");
    const middle = node.getBoundingClientRect().left - scroll.getBoundingClientRect().left + node.getBoundingClientRect().width / 2;
    scroll.scrollLeft += middle - scroll.clientWidth / 2;
  }
}

centre(document);
document.body.addEventListener("htmx:load", (event) => centre(event.detail.elt));
