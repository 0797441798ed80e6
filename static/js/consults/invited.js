// Copies the link of an invitation, and says whether that worked.
const find = (id) => document.getElementById(id);

async function copy() {
  find("link").select();
  const told = find("copied");
  try {
    await navigator.clipboard.writeText(find("link").value);
    told.textContent = told.dataset.done;
  } catch {
    told.textContent = told.dataset.failed;
  }
}

find("copying").hidden = false;
find("copy").addEventListener("click", copy);
