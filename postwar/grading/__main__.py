from postwar.grading.app import main

main()
