// Folds the options of the start page on a phone, before anything of them is seen: the sources come first there.

if (matchMedia("(max-width: 48rem)").matches) document.getElementById("options").open = false;
