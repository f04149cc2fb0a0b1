"""The use cases: permissions, images, hosts, the build queue, the build pipeline and the events of all of them.

May import `store`, `engine`, `dockerfile`, `catalog` and `model`. Everything takes the acting user.
"""
