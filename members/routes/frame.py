"""The blueprint of everything about members."""

from flask import Blueprint

pages = Blueprint("members", __name__)
