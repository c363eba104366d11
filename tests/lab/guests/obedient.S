# Says "ready" on the serial line and obeys the ACPI power button at once: for tests that only need a guest.
.include "serial.S"

main:
    set_up
    listen_to_power_button
    movw $greeting, %si
    call print_text
wait:
    hlt
    test_power_button
    jz wait
    power_off
    jmp wait
greeting: .asciz "\nready\n"

.org 510
.word 0xaa55
