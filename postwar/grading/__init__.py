"""Grade a class fast and safely, through nbgrader's and jupyter_client's own hooks.

``forkserver`` starts Python processes that have the heavy libraries loaded; ``provisioner`` lends them to plain nbgrader as
warm kernels. ``postwar grade`` goes further: ``converter`` splits nbgrader's Autograde into two halves around a pool (``pool``);
each submission runs in a ``sandbox``, its cells in one forked kernel (``kernel``), its tests in another (``checker``).

What each process may read and write, where bubblewrap is installed::

    process                 runs            reads                                       writes
    ----------------------  --------------  ------------------------------------------  ------------------------------------
    coordinator             no student code the course folder, the gradebook            gradebook, autograded/, feedback/, log
    └ fork server           no student code libraries, data/, lessons/, this package    nothing that outlives it
      └ supervisor          no student code the job: one submission, with hidden tests  its own /tmp, and the result
        ├ keeper            no student code what its kernels use                        nothing
        │ └ student's       student code    /tmp/work, /tmp/home, libraries, data/      /tmp/work, /tmp/home, /dev/shm
        │   kernel                          no hidden test, no other process
        └ checker's kernel  locked cells    /tmp/checker, /tmp/work                     /tmp/checker

What crosses the wall between the last two is in ``values`` (plain data) and ``checker`` (questions and answers); which calls to
Linux a process may make, in ``syscalls``. Without bubblewrap all run as the same user, and folders keep nobody out.
"""
