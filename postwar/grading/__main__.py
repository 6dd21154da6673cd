from postwar.grading.app import main

if __name__ == "__main__":
    main()
