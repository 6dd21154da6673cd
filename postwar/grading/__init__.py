"""Grade a class fast and safely, through nbgrader's and jupyter_client's own hooks.

``forkserver`` starts Python processes that have the heavy libraries loaded; ``provisioner`` lends them to plain nbgrader as
warm kernels. ``postwar grade`` goes further: ``converter`` splits nbgrader's Autograde into two halves around a pool (``pool``);
each submission runs in a ``sandbox``, its cells in one forked kernel (``kernel``), its tests in another (``checker``).
"""
