"""OAI-PMH 2.0: the archive's records for harvesters, https://www.openarchives.org/OAI/2.0/.

Everything here is pure but for reading archive.db; `archive.web.oai` puts it at an address.
"""
