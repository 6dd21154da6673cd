"""Grade a class fast and safely, through nbgrader's and jupyter_client's own hooks.

``forkserver`` starts Python processes that have the heavy libraries loaded; ``provisioner`` lends them to plain nbgrader as
warm kernels. ``postwar grade`` (``start``, ``app``) goes further: ``converter``, the coordinator, takes nbgrader's Autograde apart
around a pool. What a submission goes through, and where to find it:

1. A helper process (``helpers``) reads the hand-in, brings it back to what was released, and packs a job (``sanitizing``); what
   is no hand-in is refused (``refusals``). ``release`` is what every submission is compared with.
2. The job crosses into a sandbox (``pool``, ``sandbox``, ``wire``). A supervisor runs the cells (``supervisor``) in two kernels (``kernel``, made
   one by ``pair``): the student's, started and watched by a keeper (``keeper``), and the checker's (``checker``, ``reading``), where the
   tests run. What crosses the wall between the two is plain data (``values``); what each finds in its folder, in ``folders``; how they are
   forked, in ``processes`` and ``namespaces``; which calls to Linux a process may make, in ``syscalls``.
3. A helper reads the result, and nbgrader scores it into records in place of the gradebook (``recording``, ``preprocessors``, ``records``).
4. The coordinator checks the marks, and writes them to the gradebook (``marks``, ``database``).

What each process may read and write, where bubblewrap is installed::

    process                  runs            reads                                       writes
    -----------------------  --------------  ------------------------------------------  ---------------------------------------
    coordinator              no student code instructor's notebooks; of students' work   gradebook, autograded/, log
                                             the names, and bytes that it hands on
    ├ nursery                no student code nothing: it forks helpers                   nothing
    │ └ helper               no student code submissions, results, the course's folder   autograded/.in-progress/, log
    │                                        (at most 60 s and 2 GiB for each)
    └ fork server            no student code libraries, data/, lessons/, this package    nothing that outlives it
      └ supervisor           no student code the job: one submission, with hidden tests  the submission's /tmp, and the result
        ├ keeper             no student code what its kernels use                        nothing
        │ └ student's kernel student code    /tmp without the checker's folder,          /tmp without the checker's folder,
        │                                    libraries, data/; no hidden test,           /dev/shm
        │                                    no other process
        └ checker's kernel   locked cells    /tmp/checker, libraries, data/              /tmp/checker

All below the fork server share a read-only system without network, and none is root. Without bubblewrap all run as the same user, and
folders keep nobody out.
"""
