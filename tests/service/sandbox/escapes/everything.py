"""All attempts, by name."""

from tests.service.sandbox.escapes import files, javascript, kernel, network, processes, resources, useful

ESCAPES = {
    escape.name: escape
    for module in (files, network, processes, kernel, resources, useful, javascript)
    for escape in module.ESCAPES
}
